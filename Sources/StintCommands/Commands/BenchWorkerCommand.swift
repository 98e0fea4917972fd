// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Stint

/// The command `stint __bench-worker`, the hidden worker of ``BenchCommand``; ends when its stdin is closed.
struct BenchWorkerCommand: ConsoleCommand {
    static let name = "__bench-worker"
    static let job = "bench.start"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Tell when jobs start.", shouldDisplay: false)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        try await connection.withClient(on: console) { client, _ in
            let worker = try Worker(client, queues: [.init(BenchStage.queue)], slots: 16) {
                Handle(raw: Self.job) { payload, _ in
                    let start = SharedClock.nanoseconds
                    console.data("\(String(decoding: payload, as: UTF8.self)) \(start)")
                    return .completed
                }
            }
            // Reading blocks its thread, which must not be one that handlers need.
            Thread.detachNewThread {
                while readLine() != nil {}
                worker.handBack()
            }
            try await worker.run()
        }
    }
}
