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

@Suite struct PrivateRedisTests {
    @Test("It starts in its own directory with a socket for its user alone, and goes without a trace")
    func lifetime() async throws {
        var started: PrivateRedis? = try await PrivateRedis.start()
        let (pid, directory, socketPath) = try await look(at: #require(started))
        #expect(kill(pid, 0) != 0 && access(socketPath, F_OK) != 0)
        started = nil
        #expect(access(directory, F_OK) != 0)
    }

    private func look(at redis: PrivateRedis) async throws -> (pid: Int32, directory: String, socketPath: String) {
        let pid = try #require(redis.pid)
        var information = stat()
        #expect(lstat(redis.socketPath, &information) == 0 && information.st_mode & 0o777 == 0o700)
        #expect(lstat(redis.directory, &information) == 0 && information.st_mode & 0o777 == 0o700)
        #expect(redis.url == "redis+unix://\(redis.socketPath)")
        await redis.stop()
        #expect(redis.pid == nil)
        return (pid, redis.directory, redis.socketPath)
    }

    @Test("Dropping it ends the server")
    func dropped() async throws {
        var redis: PrivateRedis? = try await PrivateRedis.start()
        let pid = try #require(redis?.pid)
        redis = nil
        #expect(kill(pid, 0) != 0)
    }

    @Test("Its data survives a kill and a restart with an append-only file")
    func restarts() async throws {
        try await withRedis(appendOnly: true) { redis, node in
            _ = try await node.run("SET", "a", "1")
            let pid = redis.pid
            redis.kill()
            #expect(redis.pid == nil)
            try await redis.restart()
            #expect(redis.pid != pid)
            // A new node: the first one may not have noticed yet that its connection is gone.
            let value = try await withNode(redis.configuration) { try await $0.run("GET", "a") }
            #expect(value == .text("1"))
        }
    }

    @Test("A missing server names the package")
    func missing() async throws {
        let error = await #expect(throws: PrivateRedisError.self) {
            try await PrivateRedis.start(executable: "redis-server-that-is-not-there")
        }
        #expect(error?.code == .notInstalled && error?.message.contains("apt-get install redis-server") == true)
    }

    @Test("A configuration that Redis refuses is told at once, in its words")
    func refusedConfiguration() async throws {
        let error = await #expect(throws: PrivateRedisError.self) {
            try await PrivateRedis.start(extraConfiguration: ["no-such-directive 1"])
        }
        #expect(error?.code == .failed && error?.message.contains("no-such-directive") == true)
    }

    @Test("A second server in the same directory is refused; after the first one's end it starts")
    func locked() async throws {
        let first = try await PrivateRedis.start()
        let error = await #expect(throws: PrivateRedisError.self) {
            try await PrivateRedis.start(directory: first.directory)
        }
        #expect(error?.code == .alreadyRunning)
        first.kill()
        let second = try await PrivateRedis.start(directory: first.directory)
        await second.stop()
    }

    @Test("A child that another thread is starting does not keep a stopped server's directory taken")
    func startingChild() async throws {
        let redis = try await PrivateRedis.start()
        // What a child has between its fork and its exec: the same open file, under a descriptor of its own.
        let copies = (0..<4_096 as Range<CInt>).filter { Self.isLock(of: redis, $0) }.map { dup($0) }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 1)
        redis.kill()
        try await redis.restart()
        await redis.stop()
        let next = try await PrivateRedis.start(directory: redis.directory)
        await next.stop()
    }

    private static func isLock(of redis: PrivateRedis, _ descriptor: CInt) -> Bool {
        var own = stat()
        var lock = stat()
        return fstat(descriptor, &own) == 0 && stat(redis.directory + "/redis.lock", &lock) == 0
            && own.st_ino == lock.st_ino && own.st_dev == lock.st_dev
    }

    @Test("A directory too deep for a socket gets one in a short place that both sides find")
    func longPath() async throws {
        let home = try await PrivateRedis.start()
        let deep = home.directory + "/" + String(repeating: "d", count: 120)
        let redis = try await PrivateRedis.start(directory: deep)
        #expect(redis.socketPath.utf8.count <= 107)
        #expect(redis.socketPath == PrivateRedis.socketPath(inDirectory: deep))
        await redis.stop()
        rmdir(String(redis.socketPath.dropLast("/redis.sock".count)))
    }

    @Test("The server ends when its owner is killed")
    func orphaned() async throws {
        // The watchdog is told apart from the server by nothing but its pipe, so closing that is what a kill does.
        let redis = try await PrivateRedis.start()
        let pid = try #require(redis.pid)
        redis.dropLifeline()
        try await eventually { redis.hasServerEnded }
        #expect(kill(pid, 0) != 0)
    }
}
