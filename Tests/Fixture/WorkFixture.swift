// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import ServiceLifecycle
import Stint
import StintTesting
import UnixSignals

/// Runs a worker until SIGTERM: the first one drains, the second hands back what still runs.
struct WorkFixture: Sendable {
    private let url: String
    private let queues: [Worker.Queue]
    private let slots: Int
    private let options: WorkerOptions
    private let effects: Effects

    init(_ arguments: FixtureArguments) throws {
        url = try arguments.text("redis")
        queues = try arguments.text("queues", "default").split(separator: ",").map { Worker.Queue(String($0)) }
        slots = try arguments.number("slots", 4)
        var options = WorkerOptions()
        options.lease = .milliseconds(try arguments.number("lease", 10_000))
        options.drainTime = .milliseconds(try arguments.number("drain", 30_000))
        options.maxCrashes = try arguments.number("crashes", 255)
        self.options = options
        guard let path = ProcessInfo.processInfo.environment["STINT_FIXTURE_EFFECTS"] else {
            throw FixtureArguments.Failure("STINT_FIXTURE_EFFECTS names no file")
        }
        effects = Effects(file: try LineFile(path))
    }

    func run() async throws -> Int32 {
        var logger = Logger(label: "fixture", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .info
        let client = try StintClient(.init(redis: url), logger: logger)
        let worker = try Worker(client, queues: queues, slots: slots, options: options) {
            Handle(Append.self) { try await effects.append($0, $1) }
            Handle(Block.self) { effects.block($0, $1) }
        }
        let group = ServiceGroup(services: [client, worker], logger: logger)
        let signals = await UnixSignalsSequence(trapping: .sigterm)
        let watching = Task {
            var seen = 0
            for await _ in signals {
                seen += 1
                logger.notice("Signal", metadata: ["number": "\(seen)"])
                if seen == 1 { await group.triggerGracefulShutdown() } else { worker.handBack() }
            }
        }
        try await group.run()
        watching.cancel()
        return 0
    }
}
