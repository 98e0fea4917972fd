// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Stint
import StintRedis
import StintTesting
import Synchronization
import Testing

/// A private Redis with one queue, on which single scripts are run.
final class ScriptBench: Sendable {
    /// The only lane that most tests need.
    static let laneName = "lane"

    let keys = QueueKeys(queue: "q")
    /// The server's address, for a client of one's own.
    let url: String
    private let node: RedisNode
    private let runner: ScriptRunner
    private let number = Mutex(0)
    /// Picks another runner for a script, such as one of a user with few rights; nil for the bench's own.
    let route = Mutex<(@Sendable (RedisScript) -> ScriptRunner?)?>(nil)

    private init(_ server: PrivateRedis) {
        url = server.url
        node = RedisNode(
            configuration: server.configuration, reactor: NIOReactor(), random: SystemRandom(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        runner = ScriptRunner(transport: node.commands)
    }

    /// Runs `body` on a fresh server, then audits the queue.
    ///
    /// - Parameter clock: What the server takes for the time; the machine's clock if left out.
    static func with(
        clock: ServerClock? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (ScriptBench) async throws -> Void
    ) async throws {
        try await ServerSlots.shared.run { try await withServer(clock, sourceLocation, body) }
    }

    private static func withServer(
        _ clock: ServerClock?, _ sourceLocation: SourceLocation, _ body: (ScriptBench) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start(
            // What has expired goes when a command meets it, never by itself.
            extraConfiguration: clock.map { ["enable-debug-command yes"] + $0.configuration } ?? [],
            environment: clock?.environment ?? [:],
            // Another server may be linked statically, and then keeps the machine's time.
            executable: clock == nil ? nil : "redis-server")
        let result = await outcome(of: body, on: server, hasClock: clock != nil, sourceLocation)
        try ScriptSources.collect(from: server)
        await server.stop()
        try result.get()
    }

    /// Runs `body` on a server that serves the slot of the queue, then audits the queue.
    static func with(
        _ server: PrivateRedis, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (ScriptBench) async throws -> Void
    ) async throws {
        try await outcome(of: body, on: server, sourceLocation).get()
    }

    private static func outcome(
        of body: (ScriptBench) async throws -> Void, on server: PrivateRedis, hasClock: Bool = false,
        _ sourceLocation: SourceLocation
    ) async -> Result<Void, any Error> {
        let bench = ScriptBench(server)
        let failure: (any Error)?
        do {
            if hasClock { try await bench.redis("DEBUG", "SET-ACTIVE-EXPIRE", "0") }
            try await bench.run(Scripts.openLane(lane: bench.lane))
            try await body(bench)
            try await bench.assertConsistent(sourceLocation: sourceLocation)
            failure = nil
        } catch {
            failure = error
        }
        await bench.node.shutdown()
        return failure.map { .failure($0) } ?? .success(())
    }

    /// Expects that every record, index, key and counter of the queue fit together.
    func assertConsistent(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let problems = try await QueueAudit.problems(of: keys, through: node.commands)
        #expect(problems == [], sourceLocation: sourceLocation)
    }

    /// The connection on which the scripts run.
    var transport: any RedisTransport { node.commands }

    var lane: String { keys.lane(Self.laneName) }

    /// The number of the lane's last call.
    var lastNumber: Int { number.withLock { $0 } }

    /// The number of the lane's next call, which this takes.
    func nextNumber() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }

    @discardableResult
    func run(_ call: ScriptCall) async throws -> RedisValue {
        let runner = route.withLock { $0 }?(call.script) ?? runner
        return try await runner.run(
            ScriptSources.actual(call.script), keys: call.keys, arguments: call.arguments, timeout: .seconds(60))
    }

    /// Sends a plain command, to arrange or to look.
    @discardableResult
    func redis(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await node.commands.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }

    @discardableResult
    func redis(_ name: String, bytes arguments: [[UInt8]]) async throws -> RedisValue {
        try await node.commands.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }

    /// Listens to the ends of awaited jobs; returns when it does.
    func subscribe(_ onMessage: @escaping @Sendable ([UInt8]) -> Void) async -> RedisSubscription {
        let (ready, arrived) = AsyncStream<Void>.makeStream()
        let subscription = node.subscribe(keys.ended, onMessage: onMessage, onReady: { arrived.yield() })
        for await _ in ready { break }
        return subscription
    }

    /// Redis time in milliseconds.
    func now() async throws -> Int64 {
        let time = try await redis("TIME").arrayValue ?? []
        return (time[0].integerValue ?? 0) * 1000 + (time[1].integerValue ?? 0) / 1000
    }

    /// Everything that Redis holds now.
    func snapshot() async throws -> QueueView {
        QueueView(keys: keys, snapshot: try await .take(from: node.commands))
    }
}

/// A snapshot read with the names of one queue.
struct QueueView: Equatable {
    let keys: QueueKeys
    let snapshot: RedisSnapshot

    static func == (left: Self, right: Self) -> Bool { left.snapshot == right.snapshot }

    /// The names of all keys, without the queue's prefix and without the lane.
    var names: [String] {
        snapshot.keys.keys.map { $0.hasPrefix(keys.prefix) ? String($0.dropFirst(keys.prefix.count + 1)) : $0 }
            .filter { $0 != "lane:\(ScriptBench.laneName)" }.sorted()
    }

    /// Everything but the lane of the calls.
    var beyondLane: [String: RedisSnapshot.Contents] {
        snapshot.keys.filter { $0.key != keys.lane(ScriptBench.laneName) }
    }

    /// The ready lists of all priorities.
    var ready: [[String]] { keys.ready.map(snapshot.list) }
    var delayed: [String: Int64] { snapshot.scores(keys.delayed) }
    var leases: [String: Int64] { snapshot.scores(keys.leases) }
    var kept: [String: Int64] { snapshot.scores(keys.kept) }
    var dead: [String: Int64] { snapshot.scores(keys.dead) }
    var ids: [String] { snapshot.hash(keys.jobs).keys.sorted() }
    var big: [String: Int] { snapshot.hash(keys.big).mapValues(\.count) }
    var isAwake: Bool { snapshot.keys[keys.wake] != nil }
    /// The ids by unique key.
    var unique: [String: String] { texts(keys.unique).filter { $0.key != "" } }
    /// Settings and counters, without the sentinel.
    var meta: [String: String] { texts(keys.meta).filter { $0.key != "sentinel" } }
    /// Tombstones of the four lists.
    var tombs: [Int] { (0..<4).map { Int(meta["tomb:\($0)"] ?? "0") ?? -1 } }

    func record(_ id: String) throws -> JobRecord {
        try JobRecord(#require(snapshot.hash(keys.jobs)[id]))
    }

    func texts(_ key: String) -> [String: String] {
        snapshot.hash(key).mapValues { String(decoding: $0, as: UTF8.self) }
    }

    /// The last errors of a job.
    func errors(_ id: String) -> [RecordedError] { RecordedError.all(in: snapshot.hash(keys.errors)[id] ?? []) }
}

/// One of a job's last errors.
struct RecordedError: Equatable {
    var attempt: Int
    var kind: String
    var text: String

    static func all(in bytes: [UInt8]) -> [RecordedError] {
        var result: [RecordedError] = []
        var rest = bytes[...]
        while rest.count >= 11 {
            let head = Array(rest.prefix(11))
            let length = Int(head[9]) << 8 | Int(head[10])
            result.append(
                RecordedError(
                    attempt: Int(head[6]) << 8 | Int(head[7]), kind: String(decoding: head[8...8], as: UTF8.self),
                    text: String(decoding: rest.dropFirst(11).prefix(length), as: UTF8.self)))
            rest = rest.dropFirst(11 + length)
        }
        return result
    }
}

extension RedisValue {
    /// The reply as a line: `[1, nn, []]`.
    var line: String {
        switch self {
        case .null: "nil"
        case .integer(let value): "\(value)"
        case .bytes(let bytes), .status(let bytes): String(decoding: bytes, as: UTF8.self)
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
        case .error(let error): "error \(error.code)"
        }
    }
}
