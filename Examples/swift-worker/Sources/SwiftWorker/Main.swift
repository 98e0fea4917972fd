// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import ServiceLifecycle
import Stint

/// Runs a producer and a worker in one process, as a small server would.
@main
struct SwiftWorker {
    static func main() async throws {
        let logger = Logger(label: "swift-worker")
        let redis = ProcessInfo.processInfo.environment["STINT_REDIS_URL"] ?? "redis://127.0.0.1:6379"
        let client = try StintClient(.init(redis: redis), logger: logger)
        let mailer = Mailer(logger: logger)

        let worker = try Worker(client, queues: [.init("mail", weight: 3), .init("default")], slots: 64) {
            MetricsMiddleware()
            TracingMiddleware()
        } handlers: {
            Handle(SendReceipt.self) { job, context in
                try await mailer.send(orderID: job.orderID, idempotencyKey: context.idempotencyKey)
            }
        }

        // Services stop in reverse order: first the producer, then the worker drains, then the client closes.
        // On SIGTERM running jobs finish; what does not finish in time goes back to the front of its queue.
        try await ServiceGroup(
            services: [client, worker, Producer(client: client, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}
