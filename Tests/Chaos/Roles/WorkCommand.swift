// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import Stint
import StintTesting
import UnixSignals

/// A worker process: drains on SIGTERM, and ends with the process that started it.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Run a worker of the harness.", shouldDisplay: false)

    @Option var redis: String
    @Option var folder: String
    @Option var queues = "one,two"
    @Option var slots = 4
    @Option var lease = 2000
    @Option var crashes = 255
    @Flag(help: "Run scripts of other digests, as another release would.") var otherScripts = false

    func run() async throws {
        endWithStandardInput()
        let stalls = StallWatch(file: try LineFile(HistoryFile.stalls.path(in: folder)))
        stalls.begin()
        var logger = Logger(label: "worker", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .notice
        let configuration = StintClient.Configuration(redis: redis)
        let client =
            try otherScripts
            ? OtherScripts.client(configuration, logger: logger) : StintClient(configuration, logger: logger)
        var options = WorkerOptions()
        options.lease = .milliseconds(lease)
        options.maxCrashes = crashes
        let handler = ChaosHandler(effects: try LineFile(HistoryFile.effects.path(in: folder)))
        let worker = try Worker(
            client, queues: queues.split(separator: ",").map { Worker.Queue(String($0)) }, slots: slots,
            options: options,
            handlers: { Handle(raw: ChaosJob.name) { try await handler.run($0, $1) } })
        try LineFile(HistoryFile.workers.path(in: folder)).append("\(getpid()) \(worker.node) \(LineFile.now)")
        let group = ServiceGroup(
            services: [client, worker], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await group.run()
    }
}
