// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

@Suite struct LoginTests {
    private func withPassword(_ body: (PrivateRedis) async throws -> Void) async throws {
        let redis = try await PrivateRedis.start(extraConfiguration: [
            "requirepass s3cret", "user worker on >hunter2 ~* &* +@all",
        ])
        try await body(redis)
        await redis.stop()
    }

    @Test("The right password logs in, for the default user and a named one")
    func right() async throws {
        try await withPassword { redis in
            var configuration = redis.configuration
            configuration.password = "s3cret"
            try await withNode(configuration) { node in
                let reply = try await node.run("ACL", "WHOAMI")
                #expect(reply == .text("default"))
            }
            configuration = try RedisConfiguration(url: "redis+unix://worker:hunter2@\(redis.socketPath)?db=4")
            try await withNode(configuration) { node in
                #expect(try await node.run("ACL", "WHOAMI") == .text("worker"))
                let clients = try await node.run("CLIENT", "LIST").string ?? ""
                #expect(clients.contains(" db=4 ") && clients.contains("name=stint "))
            }
        }
    }

    @Test("A wrong password is refused at once, for all commands, and never shown")
    func wrong() async throws {
        try await withPassword { redis in
            var configuration = redis.configuration
            configuration.password = "wr0ng"
            try await withNode(configuration) { node in
                for _ in 0..<3 {
                    let failure = await node.failure(of: "PING", timeout: .seconds(60))
                    guard case .refused(let text)? = failure else {
                        Issue.record("\(String(describing: failure))")
                        return
                    }
                    #expect(text.contains("WRONGPASS") && !text.contains("wr0ng"))
                }
            }
        }
    }

    @Test("A missing password is refused")
    func none() async throws {
        try await withPassword { redis in
            try await withNode(redis.configuration) { node in
                guard case .refused(let text)? = await node.failure(of: "PING", timeout: .seconds(60)) else {
                    Issue.record("not refused")
                    return
                }
                #expect(text.contains("NOAUTH"))
            }
        }
    }

    @Test("A password comes from the first line of its file, read anew at each connect")
    func file() async throws {
        try await withPassword { redis in
            let path = redis.directory + "/password"
            try write("wr0ng\n", to: path)
            var configuration = redis.configuration
            configuration.passwordFile = path
            try await withNode(configuration) { node in
                guard case .refused? = await node.failure(of: "PING") else {
                    Issue.record("not refused")
                    return
                }
                try write("s3cret\nrest is ignored\n", to: path)
                try await eventually { await node.failure(of: "PING") == nil }
            }
            configuration.passwordFile = path + ".missing"
            try await withNode(configuration) { node in
                guard case .refused(let text)? = await node.failure(of: "PING") else {
                    Issue.record("not refused")
                    return
                }
                #expect(text.contains("password.missing cannot be read"))
            }
        }
    }

    @Test("A database that does not exist is refused")
    func database() async throws {
        try await withRedis { redis, _ in
            var configuration = redis.configuration
            configuration.database = 99
            try await withNode(configuration) { node in
                let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
                guard case .refused(let text)? = failure else {
                    Issue.record("not refused")
                    return
                }
                #expect(text.contains("database 99"))
            }
        }
    }

    @Test("A TCP port on the loopback works as the socket does")
    func tcp() async throws {
        try await withRedisOnPort { port, node in
            _ = try await node.run("SET", "a", "1")
            for host in ["127.0.0.1", "localhost"] {
                try await withNode(RedisConfiguration(url: "redis://\(host):\(port)")) { tcp in
                    let reply = try await tcp.run("GET", "a")
                    #expect(reply == .text("1"))
                }
            }
        }
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }
}

/// Runs `body` with a Redis that also listens on a free port of the loopback.
func withRedisOnPort(_ body: (Int, RedisNode) async throws -> Void) async throws {
    try await withRedis { _, node in
        // Another process may take a port between finding and using it, so Redis is asked until it got one.
        for _ in 0..<50 {
            let port = 20_000 + Int(SystemRandom().next() % 40_000)
            guard await node.failure(of: "CONFIG", "SET", "port", String(port)) == nil else { continue }
            try await body(port, node)
            return
        }
        Issue.record("no free port was found")
    }
}
