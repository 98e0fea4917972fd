// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import Stint
import StintTesting
import UnixSignals

/// A producer process: enqueues until SIGTERM, and writes down what each call was answered.
struct ProduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce", abstract: "Run a producer of the harness.", shouldDisplay: false)

    @Option var redis: String
    @Option var folder: String
    @Option(help: "Begins every serial, and with them the ids that it makes itself.") var name: String
    @Option var queues = "one,two"
    @Option var mix = JobMix.mixed
    @Option(help: "Jobs a second.") var rate = 150.0
    @Option(help: "Waits while so many jobs wait in a queue.") var depth = 400
    @Option var seed: UInt64 = 1
    @Flag(help: "Ask for a replica's confirmation for every second job.") var replicated = false
    @Flag(help: "Make a call with an id of its own again when its outcome is unknown.") var repeats = false

    func run() async throws {
        endWithStandardInput()
        var logger = Logger(label: "producer", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .notice
        let patient = try StintClient(.init(redis: redis), logger: logger)
        let impatient = try StintClient(
            .init(redis: redis, commandTimeout: .seconds(1), enqueueTimeout: .seconds(2)), logger: logger)
        let producer = Producer(
            name: name, patient: patient, impatient: impatient, queues: queues.split(separator: ",").map(String.init),
            shapes: JobShapes(mix: mix, name: name, seed: seed, replicates: replicated), rate: rate, depth: depth,
            repeats: repeats,
            log: try LineFile(HistoryFile.producers.path(in: folder)))
        let signals = await UnixSignalsSequence(trapping: .sigterm)
        async let producing: Void = producer.run()
        for await _ in signals { break }
        producer.stop()
        await producing
        await patient.shutdown()
        await impatient.shutdown()
    }
}
