// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A body that a reactor will run later.
package struct ReactorTimer: Sendable {
    private let onCancel: @Sendable () -> Void

    /// Makes a timer that `onCancel` takes back.
    package init(onCancel: @escaping @Sendable () -> Void) {
        self.onCancel = onCancel
    }

    /// Takes the body back if it has not started; does nothing otherwise.
    package func cancel() {
        onCancel()
    }
}
