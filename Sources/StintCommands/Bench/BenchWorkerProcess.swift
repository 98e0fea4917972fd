// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A worker in a process of its own that tells when its handlers began.
final class BenchWorkerProcess: Sendable {
    fileprivate struct State {
        var rest: [UInt8] = []
        var starts: [Int: Duration] = [:]
        var hasEnded = false
    }

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    private let box = Box()
    private let input = Pipe()

    init(_ target: RedisTarget) throws {
        let invocation = Invocation.current
        let process = Process()
        process.executableURL = URL(fileURLWithPath: invocation.executable)
        process.arguments = [BenchWorkerCommand.name, "--namespace", target.namespace]
        // Not as an argument, which everybody on the machine can read: the address may hold a password.
        process.environment = invocation.environment
            .filter { !$0.key.hasPrefix("STINT_REDIS") }.merging(["STINT_REDIS_URL": target.url]) { $1 }
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        let box = box
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            box.state.withLock { $0.take(data) }
        }
        process.terminationHandler = { _ in box.state.withLock { $0.hasEnded = true } }
        try process.run()
    }

    /// When handlers began, by the number in their payload.
    var starts: [Int: Duration] { box.state.withLock { $0.starts } }

    /// Waits until so many handlers have begun.
    func wait(for count: Int, within limit: Duration) async throws {
        let deadline = SharedClock.now + limit
        while true {
            let (seen, hasEnded) = box.state.withLock { ($0.starts.count, $0.hasEnded) }
            if seen >= count { return }
            guard !hasEnded else { throw CommandFailure(.failed, "the benchmark's worker process ended by itself") }
            guard SharedClock.now < deadline else {
                throw CommandFailure(.timedOut, "\(seen) of \(count) jobs were started within \(limit)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Lets it end: it does when its stdin is closed.
    func end() { try? input.fileHandleForWriting.close() }
}

extension BenchWorkerProcess.State {
    fileprivate mutating func take(_ data: Data) {
        rest += data
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest.removeSubrange(...end)
            guard words.count == 2, let number = Int(words[0]), let time = Int64(words[1]) else { continue }
            starts[number] = .nanoseconds(time)
        }
    }
}
