// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// Asks for the receipt of one order to be sent: data only, so that it can wait in Redis.
struct SendReceipt: Job {
    /// Ties queued data to this type; it stays the same when the type is renamed.
    static let name = "receipt.send"
    static let defaults = JobOptions(queue: "mail", retry: .exponential(attempts: 8), timeout: .seconds(30))

    var orderID: Int
}
