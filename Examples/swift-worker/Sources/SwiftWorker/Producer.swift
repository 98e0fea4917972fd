// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import Stint

/// Enqueues twenty receipts and a late one, then waits to be shut down.
///
/// In a real server this is the code that answers requests.
struct Producer: Service {
    let client: StintClient
    let logger: Logger

    func run() async throws {
        for orderID in 1...20 {
            // Asking twice for the same order's receipt adds one job: the unique key is held until the job ends.
            let receipt = try await client.enqueue(
                SendReceipt(orderID: orderID),
                options: .init(unique: .key("order:\(orderID)", onConflict: .existing))
            )
            logger.info("Queued a receipt", metadata: ["order": "\(orderID)", "job.id": "\(receipt.id)"])
        }
        try await client.enqueue(SendReceipt(orderID: 21), options: .init(delay: .seconds(2)))
        try await gracefulShutdown()
    }
}
