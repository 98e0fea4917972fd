// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintRedis
import Synchronization
import Testing

/// A private Redis, a folder for everything that is written, and the processes that a test starts; all gone after it.
final class Stage: Sendable {
    let redis: PrivateRedis
    let folder: URL
    /// A client in the test's own process, to look with.
    let client: StintClient
    private let children = Mutex<[Child]>([])

    private init(redis: PrivateRedis, folder: URL) throws {
        self.redis = redis
        self.folder = folder
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        client = try StintClient(.init(redis: redis.url), logger: logger)
    }

    /// Runs the body and takes everything down after it.
    static func with(_ body: (Stage) async throws -> Void) async throws {
        let folder = URL(fileURLWithPath: "/tmp/stint-stage-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let redis = try await PrivateRedis.start(
            directory: folder.appendingPathComponent("redis").path)
        let stage = try Stage(redis: redis, folder: folder)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(stage))
        } catch {
            result = .failure(error)
        }
        for child in stage.children.withLock({ $0 }) {
            child.kill()
            _ = try await child.wait()
        }
        await stage.client.shutdown()
        await redis.stop()
        try result.get()
    }

    var effectsFile: URL { folder.appendingPathComponent("effects") }

    /// Starts a program of the build, with this stage's Redis or with none named.
    @discardableResult
    func start(
        _ program: String, _ arguments: [String], input: URL? = nil, namesRedis: Bool = true
    ) throws -> Child {
        var environment = ["STINT_FIXTURE_EFFECTS": effectsFile.path]
        if namesRedis { environment["STINT_REDIS_URL"] = redis.url }
        let child = try Child(program, arguments, environment: environment, input: input, folder: folder)
        children.withLock { $0.append(child) }
        return child
    }

    /// Starts a worker process of the fixture.
    @discardableResult
    func worker(slots: Int = 4, lease: Duration = .seconds(2), url: String? = nil, _ more: String...) throws -> Child {
        let lease = lease.components.seconds * 1000 + lease.components.attoseconds / 1_000_000_000_000_000
        return try start(
            "stint-fixture",
            ["work", "--redis", url ?? redis.url, "--slots", "\(slots)", "--lease", "\(lease)"] + more)
    }

    /// Starts a producer process of the fixture, which writes acknowledged ids into the file.
    @discardableResult
    func producer(count: Int, mode: String = "single", sleep: Int = 0, log: String) throws -> Child {
        try start(
            "stint-fixture",
            [
                "produce", "--redis", redis.url, "--count", "\(count)", "--mode", mode, "--sleep", "\(sleep)",
                "--log", folder.appendingPathComponent(log).path,
            ])
    }

    /// What handlers have written so far.
    func effects() -> [Effect] { lines(of: "effects").compactMap { Effect($0) } }

    /// The lines of a file in the folder, without one that is not finished.
    func lines(of name: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path),
            let end = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        return String(decoding: data[...end], as: UTF8.self).split(separator: "\n")
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    /// How many jobs are held under a lease.
    func running(queue: String = "default") async throws -> Int {
        Int(try await command("ZCARD", client.core.keys(queue: queue).leases).integerValue ?? -1)
    }

    /// A counter of the queue.
    func counter(_ name: String, queue: String = "default") async throws -> Int {
        let value = try await command("HGET", client.core.keys(queue: queue).meta, name)
        return value.string.flatMap { Int($0) } ?? 0
    }

    /// Whether no job is left in the queue.
    func isEmpty(queue: String = "default") async throws -> Bool {
        try await command("HLEN", client.core.keys(queue: queue).jobs).integerValue == 0
    }

    func command(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await client.core.transport.send(RedisCommand(name, arguments), timeout: .seconds(5))
    }
}

/// Waits until the condition holds.
func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while try await !condition() {
        guard ContinuousClock.now - start < limit else {
            throw Overdue(what: what(), sourceLocation: sourceLocation)
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// A condition did not come about in time.
struct Overdue: Error, CustomStringConvertible {
    let what: String
    let sourceLocation: SourceLocation

    var description: String { "overdue at \(sourceLocation.fileName):\(sourceLocation.line): \(what)" }
}
