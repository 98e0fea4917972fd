// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTesting
import Synchronization

/// Measures how late this machine runs a thread that wanted to run: what no queue can do anything about.
final class StallWatch: Sendable {
    private let file: LineFile?
    private let lags = Mutex<[Int64]>([])

    /// Stalls of at least this length are written down: `process end nanoseconds`.
    static let longLag: Int64 = 250_000_000
    private static let step: Int64 = 20_000_000

    init(file: LineFile? = nil) { self.file = file }

    /// Watches until the process ends.
    func begin() {
        Thread.detachNewThread { [self] in
            while true {
                let start = LineFile.now
                usleep(UInt32(Self.step / 1000))
                let end = LineFile.now
                let lag = max(0, end - start - Self.step)
                if file == nil { lags.withLock { $0.append(lag) } }
                if lag >= Self.longLag { file?.append("\(getpid()) \(end) \(lag)") }
            }
        }
    }

    /// Returns the delays so far, in nanoseconds.
    func take() -> Distribution { Distribution(lags.withLock { $0 }) }
}
