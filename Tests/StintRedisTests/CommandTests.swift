// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct CommandTests {
    @Test("Ten thousand concurrent callers get their own replies")
    func pipelining() async throws {
        try await withRedis { _, node in
            let node = node
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<10_000 {
                    group.addTask {
                        let reply = try await node.commands.send(
                            RedisCommand("ECHO", String(number)), timeout: .seconds(60))
                        return reply == .text(String(number))
                    }
                }
                for try await isRight in group where !isRight {
                    Issue.record("a reply went to the wrong caller")
                }
            }
            let clients = try await node.run("CLIENT", "LIST").string ?? ""
            #expect(clients.split(separator: "\n").count == 1)
        }
    }

    @Test("Commands of one sender run in the order sent")
    func order() async throws {
        try await withRedis { _, node in
            let replies = Log<RedisValue>()
            for number in 0..<1_000 {
                node.commands.send(RedisCommand("RPUSH", "list", String(number)), timeout: .seconds(60)) { result in
                    if case .success(let value) = result { replies.append(value) }
                }
            }
            let list = try await node.run("LRANGE", "list", "0", "-1")
            #expect(list.arrayValue?.compactMap(\.integerValue) == Array(0..<1_000))
            #expect(replies.all == (1...1_000).map { .integer($0) })
        }
    }

    @Test("Commands that are sent together are read by Redis at once, and each gets its own reply or error")
    func together() async throws {
        try await withRedis { _, node in
            func reads() async throws -> Int {
                let info = try await node.run("INFO", "stats").string ?? ""
                let line = info.split(separator: "\r\n").first { $0.hasPrefix("total_reads_processed:") }
                return try #require(line?.split(separator: ":").last.flatMap { Int($0) })
            }
            let before = try await reads()
            let replies = Log<String>()
            let commands = [RedisCommand("SET", "k", "v"), RedisCommand("NOPE"), RedisCommand("GET", "k")]
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                node.commands.send(together: commands, timeout: .seconds(60)) { place, result in
                    switch result {
                    case .success(let value): replies.append("\(place) \(value.string ?? "?")")
                    case .failure(.server(let error)): replies.append("\(place) \(error.code)")
                    case .failure(let failure): replies.append("\(place) \(failure)")
                    }
                    if place == 2 { continuation.resume() }
                }
            }
            // Theirs and that of this question.
            #expect(try await reads() - before == 2)
            #expect(replies.all == ["0 OK", "1 ERR", "2 v"])
            node.commands.send(together: [], timeout: .seconds(60)) { _, _ in Issue.record("nothing was asked") }
            _ = try await node.run("PING")
        }
    }

    @Test("Completions are called on the reactor and may send again")
    func reactor() async throws {
        try await withRedis { _, node in
            let isCurrent = await withCheckedContinuation { continuation in
                node.commands.send(RedisCommand("PING"), timeout: .seconds(60)) { _ in
                    let isCurrent = node.reactor.isCurrent
                    node.commands.send(RedisCommand("PING"), timeout: .seconds(60)) { _ in
                        continuation.resume(returning: isCurrent && node.reactor.isCurrent)
                    }
                }
            }
            #expect(isCurrent)
        }
    }

    @Test("Large values go both ways")
    func large() async throws {
        try await withRedis { _, node in
            let value = [UInt8](repeating: 7, count: 8 * 1024 * 1024)
            let set = try await node.commands.send(
                RedisCommand("SET", [Array("k".utf8), value]), timeout: .seconds(60))
            #expect(set.isOK)
            #expect(try await node.run("GET", "k") == .bytes(value))
        }
    }

    @Test("An error reply is a failure of that command alone")
    func serverError() async throws {
        try await withRedis { _, node in
            guard case .server(let error)? = await node.failure(of: "NOSUCHCOMMAND") else {
                Issue.record("no error")
                return
            }
            #expect(error.code == "ERR")
            let reply = try await node.run("PING")
            #expect(reply == .status(Array("PONG".utf8)))
        }
    }

    @Test("A blocking pop waits on a connection of its own")
    func blocking() async throws {
        try await withRedis { _, node in
            let node = node
            async let popped = node.blocking.send(RedisCommand("BZPOPMIN", "wake", "60"), timeout: .seconds(70))
            try await eventually {
                try await node.run("INFO", "clients").string?.contains("blocked_clients:1") == true
            }
            _ = try await node.run("ZADD", "wake", "1", "queue")
            #expect(try await popped.arrayValue?.map(\.string) == ["wake", "queue", "1"])
            let nothing = try await node.blocking.send(RedisCommand("BZPOPMIN", "wake", "0.01"), timeout: .seconds(60))
            #expect(nothing.isNull)
        }
    }

    @Test("A late reply has an unknown outcome, is dropped when it comes, and hits nobody else")
    func late() async throws {
        try await withRedis { redis, node in
            let id = try await node.run("CLIENT", "ID")
            // Writes wait until somebody ends the pause, so the reply is late however slow this machine is.
            _ = try await node.run("CLIENT", "PAUSE", "600000", "WRITE")
            let failure = await node.failure(of: "APPEND", "k", "late", timeout: .milliseconds(100))
            #expect(failure?.isOutcomeUnknown == true && "\(failure!)".contains("within 0.1 s"))
            _ = try await withNode(redis.configuration) { try await $0.run("CLIENT", "UNPAUSE") }
            #expect(try await node.run("ECHO", "next") == .text("next"))
            #expect(try await node.run("CLIENT", "ID") == id)
            #expect(try await node.run("GET", "k") == .text("late"))
        }
    }

    @Test("A second late reply in a row closes the connection, and a new one is opened")
    func twiceLate() async throws {
        try await withRedis { _, node in
            let id = try await node.run("CLIENT", "ID")
            _ = try await node.run("CLIENT", "PAUSE", "600000", "WRITE")
            for _ in 0..<2 {
                let failure = await node.failure(of: "APPEND", "k", "late", timeout: .milliseconds(100))
                #expect(failure?.isOutcomeUnknown == true)
            }
            #expect(try await node.run("CLIENT", "ID") != id)
        }
    }

    @Test("A server that stands still does not hold a caller beyond its time")
    func standstill() async throws {
        try await withRedis { redis, node in
            let node = node
            let pid = try #require(redis.pid)
            try await node.connect(timeout: .seconds(60))
            kill(pid, SIGSTOP)
            async let first = node.failure(of: "PING", timeout: .milliseconds(100))
            async let second = node.failure(of: "PING", timeout: .milliseconds(150))
            let failures = await [first, second]
            kill(pid, SIGCONT)
            #expect(failures.allSatisfy { $0?.isOutcomeUnknown == true })
            let reply = try await node.run("PING")
            #expect(reply == .status(Array("PONG".utf8)))
        }
    }

    @Test("After the shutdown commands fail as closed")
    func closed() async throws {
        try await withRedis { _, node in
            _ = try await node.run("PING")
            await node.shutdown()
            #expect(await node.failure(of: "PING") == .closed)
            await #expect(throws: RedisFailure.closed) { try await node.connect(timeout: .seconds(60)) }
        }
    }
}
