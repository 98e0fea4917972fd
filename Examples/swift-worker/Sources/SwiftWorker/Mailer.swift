// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging

/// Stands in for a mail provider: it takes a receipt once for each idempotency key, and is busy now and then.
actor Mailer {
    struct Busy: Error {}

    private var sent: Set<String> = []
    private var calls = 0
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Sends the receipt of an order, or does nothing when this key was sent before.
    ///
    /// Stint runs a job at least once, so whoever has an effect on the world needs a key that is the same at each attempt.
    func send(orderID: Int, idempotencyKey: String) throws {
        calls += 1
        guard !calls.isMultiple(of: 5) else { throw Busy() }
        guard sent.insert(idempotencyKey).inserted else { return }
        logger.info("Sent a receipt", metadata: ["order": "\(orderID)"])
    }
}
