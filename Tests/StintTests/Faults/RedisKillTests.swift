// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import StintRedis
import StintTesting
import Testing

@testable import Stint

/// Redis is killed between every two commands of the calls that take several, and the end is the same.
///
/// Also after each command before its reply arrives. It keeps an append-only file with `appendfsync always`.
@Suite struct RedisKillTests {
    enum Flow: String, CaseIterable, Sendable {
        case firstEnqueue, enqueueMany, purge, cancelMany, retryMany, removeMany, promoteMany, work
    }

    @Test("Redis may be killed at any command of a call that takes several", arguments: Flow.allCases)
    func kill(flow: Flow) async throws {
        let count = try await Self.run(flow, target: nil)
        for number in 0..<count {
            for moment in KillingTransport.Moment.allCases {
                _ = try await Self.run(flow, target: (number, moment))
            }
        }
        FileHandle.standardError.write(Data("redis-kill \(flow): \(2 * count) kills in \(count) commands\n".utf8))
    }

    /// Runs a flow on a fresh server and checks how it ends; returns how many commands it took.
    private static func run(_ flow: Flow, target: (number: Int, moment: KillingTransport.Moment)?) async throws -> Int {
        try await ServerSlots.shared.run {
            let server = try await PrivateRedis.start(
                appendOnly: true, extraConfiguration: ["appendfsync always"])
            defer { server.kill() }
            let reactor = NIOReactor()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let node = RedisNode(
                configuration: server.configuration, reactor: reactor, random: SystemRandom(), logger: logger)
            let transport = KillingTransport(node.commands, reactor: reactor, server: server)
            let core = ClientCore(
                transport: transport, blocking: node.blocking, reactor: reactor, random: SystemRandom(),
                wallClock: { 1_700_000_000_000 }, namespace: "stint", logger: logger, commandTimeout: .seconds(30),
                subscribe: { _, _, _ in {} }, close: { await node.shutdown() })
            let client = StintClient(core: core)
            let comment = Comment(rawValue: "\(flow) killed at \(target.map { "\($0)" } ?? "no command")")
            let ids = try await arrange(flow, client, core)
            transport.arm(target)
            try await perform(flow, client, core, ids, comment)
            let count = transport.count
            // How many calls the slices of an enqueue share differs from run to run.
            #expect(transport.kills == (target.map { $0.number < count } == true ? 1 : 0), comment)
            transport.arm(nil)
            try await check(flow, client, comment)
            let problems = try await QueueAudit.problems(of: core.keys(queue: "mail"), through: node.commands)
            #expect(problems == [], comment)
            await client.shutdown()
            return count
        }
    }

    private static func jobs(_ count: Int, delay: Duration? = nil) -> [RawJob] {
        (0..<count).map { _ in
            RawJob(name: "n", payload: [1], options: JobOptions(queue: "mail", delay: delay))
        }
    }

    private static func arrange(_ flow: Flow, _ client: StintClient, _ core: ClientCore) async throws -> [JobID] {
        let count: [Flow: Int] = [.purge: 450, .cancelMany: 450, .retryMany: 250, .removeMany: 450, .promoteMany: 450]
        guard let count = count[flow] else { return [] }
        let delay: Duration? = flow == .promoteMany ? .seconds(3_600) : nil
        let ids = try await client.enqueue(contentsOf: jobs(count, delay: delay)).map(\.id)
        guard flow == .retryMany else { return ids }
        let worker = TestWorker(core, queue: "mail")
        for claim in try await worker.claim(count) { try await worker.fail(claim) }
        return ids
    }

    private static func perform(
        _ flow: Flow, _ client: StintClient, _ core: ClientCore, _ ids: [JobID], _ comment: Comment
    ) async throws {
        let queue = try client.queue("mail")
        let done: Int
        switch flow {
        case .firstEnqueue:
            done = try await client.enqueue(name: "n", payload: [1], options: JobOptions(queue: "mail")).isNew ? 1 : 0
        case .enqueueMany: done = try await client.enqueue(contentsOf: jobs(1_200)).count { $0.isNew }
        case .purge: done = try await queue.purge([.ready])
        case .cancelMany: done = try await queue.cancel(ids).count { $0 == .cancelled }
        case .retryMany: done = try await queue.retryDead(ids).count { $0 == .ready }
        // A repetition answers that they are gone, or not delayed any more.
        case .removeMany: done = try await queue.remove(ids).count
        case .promoteMany: done = try await queue.promote(ids).count
        case .work:
            try await client.enqueue(contentsOf: jobs(3))
            let worker = TestWorker(core, queue: "mail")
            let claims = try await worker.claim(3)
            try #require(claims.count == 3, comment)
            done = claims.count
            try await worker.complete(Array(claims.prefix(2)))
            try await worker.fail(claims[2])
        }
        let wanted: [Flow: Int] = [.firstEnqueue: 1, .enqueueMany: 1_200, .retryMany: 250, .work: 3]
        #expect(done == wanted[flow] ?? 450, comment)
    }

    private static func check(_ flow: Flow, _ client: StintClient, _ comment: Comment) async throws {
        let status = try await client.inspector.queue("mail")
        let found = [status.ready, status.delayed, status.running, status.dead, status.totals.enqueued]
        let wanted: [Flow: [Int]] = [
            .firstEnqueue: [1, 0, 0, 0, 1], .enqueueMany: [1_200, 0, 0, 0, 1_200], .purge: [0, 0, 0, 0, 450],
            .cancelMany: [0, 0, 0, 0, 450], .retryMany: [250, 0, 0, 0, 250], .removeMany: [0, 0, 0, 0, 450],
            .promoteMany: [450, 0, 0, 0, 450], .work: [0, 0, 0, 1, 3],
        ]
        #expect(found == wanted[flow], comment)
        let totals = status.totals
        let counted = [totals.purged, totals.cancelled, totals.revived, totals.completed, totals.claimed, totals.died]
        let counts: [Flow: [Int]] = [
            .purge: [450, 0, 0, 0, 0, 0], .cancelMany: [0, 450, 0, 0, 0, 0], .retryMany: [0, 0, 250, 0, 250, 250],
            .work: [0, 0, 0, 2, 3, 1],
        ]
        #expect(counted == counts[flow] ?? [0, 0, 0, 0, 0, 0], comment)
        #expect(try await client.inspector.queueNames() == ["mail"], comment)
    }
}
