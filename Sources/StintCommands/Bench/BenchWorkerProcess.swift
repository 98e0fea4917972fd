// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A worker in a process of its own: it waits for its start, runs, and reports when it ends.
final class BenchWorkerProcess: Sendable {
    private let input = Pipe()
    private let lines: AsyncStream<String>
    /// Ends when the process does; `lines` also ends with a cancelled task that waits for one.
    private let life: AsyncStream<Never>

    /// Starts it with these words beyond those that say where it works.
    init(_ target: RedisTarget, _ words: [String]) throws {
        let invocation = Invocation.current
        let process = Process()
        process.executableURL = URL(fileURLWithPath: invocation.executable)
        process.arguments = [BenchWorkerCommand.name, "--namespace", target.namespace] + words
        // Not as an argument, which everybody on the machine can read: the address may hold a password.
        process.environment = invocation.environment
            .filter { !$0.key.hasPrefix("STINT_REDIS") }.merging(["STINT_REDIS_URL": target.url]) { $1 }
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        let (lines, continuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        let (life, end) = AsyncStream<Never>.makeStream()
        self.life = life
        // Its own thread: few lines come, and the last may be long.
        Thread.detachNewThread {
            var rest: [UInt8] = []
            while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: rest[..<end], as: UTF8.self))
                    rest.removeSubrange(...end)
                }
            }
            continuation.finish()
            end.finish()
        }
        try process.run()
    }

    /// Waits until it is connected.
    func ready() async throws {
        guard try await line() == "ready" else {
            throw CommandFailure(.bug, "the benchmark's worker process said something unknown")
        }
    }

    /// Lets it begin.
    func go() throws { try input.fileHandleForWriting.write(contentsOf: Array("go\n".utf8)) }

    /// Tells it to end: it does when its stdin is closed.
    func end() { try? input.fileHandleForWriting.close() }

    /// Waits until it has ended.
    func report() async throws -> BenchWorkerReport {
        try JSONDecoder().decode(BenchWorkerReport.self, from: Data(try await line().utf8))
    }

    private func line() async throws -> String {
        for await line in lines { return line }
        try Task.checkCancellation()
        throw CommandFailure(.failed, "the benchmark's worker process ended by itself")
    }
}

extension BenchWorkerProcess {
    /// Starts so many, waits until all are connected, and after the body ends them and waits until they have ended, so
    /// that none of them writes once the benchmark cleans up.
    static func with<Result>(
        _ count: Int, _ target: RedisTarget, _ words: [String],
        _ body: ([BenchWorkerProcess]) async throws -> Result
    ) async throws -> Result {
        var workers: [BenchWorkerProcess] = []
        do {
            for _ in 0..<count { workers.append(try BenchWorkerProcess(target, words)) }
            for worker in workers { try await worker.ready() }
            let result = try await body(workers)
            await end(workers)
            return result
        } catch {
            await end(workers)
            throw error
        }
    }

    private static func end(_ workers: [BenchWorkerProcess]) async {
        for worker in workers { worker.end() }
        // A task of its own: a cancelled one would not wait.
        for worker in workers { await Task { for await _ in worker.life {} }.value }
    }
}
