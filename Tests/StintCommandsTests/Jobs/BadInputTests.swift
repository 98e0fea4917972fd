// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintRedis
import Testing

/// Each with the exit code and the command that helps, and nothing half done.
@Suite struct BadInputTests {
    @Test("A Redis that nobody answers at")
    func unreachable() async throws {
        let url = "redis+unix:///nonexistent/redis.sock"
        let run = await CommandRun.stint(["enqueue", "hello", "{}"], environment: ["STINT_REDIS_URL": url])
        #expect(run.status == .unreachable)
        #expect(run.output.isEmpty)
        #expect(
            run.errors == """
                error: cannot reach Redis at /nonexistent/redis.sock (from STINT_REDIS_URL): no such socket
                  Is it running?      redis-cli -s /nonexistent/redis.sock ping
                  Use another one:    stint --redis redis://HOST:PORT enqueue hello -
                  No Redis at hand?   unset STINT_REDIS_URL   (Stint then starts a private one, without these jobs)

                """)
        let flag = await CommandRun.stint(["enqueue", "hello", "--redis", "redis://127.0.0.1:1"])
        #expect(flag.status == .unreachable)
        #expect(flag.errors.contains("cannot reach Redis at 127.0.0.1:1 (from --redis): connection refused"))
    }

    @Test("A wrong password is not printed")
    func password() async throws {
        try await withWorkshop(redisOptions: ["requirepass secret"]) { stint async throws in
            let path = stint.redis.socketPath
            for url in ["redis+unix://:wr0ng@\(path)", stint.redis.url] {
                let run = await stint("enqueue", "hello", environment: ["STINT_REDIS_URL": url])
                #expect(run.status == .noPermission, "\(run.errors)")
                #expect(run.errors.contains("refuses this user"))
                #expect(run.errors.contains("unset STINT_REDIS_URL; export STINT_REDIS_URL_FILE=redis-url"))
                #expect(!run.errors.contains("wr0ng"))
                #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("error:") } == 1, "\(run.errors)")
                #expect(
                    await stint("queue", "ls", "-v", environment: ["STINT_REDIS_URL": url]).errors.contains(
                        "Redis refused"))
            }
        }
    }

    @Test("A right that is missing is no wrong password")
    func right() async throws {
        try await withWorkshop(redisOptions: ["user half on nopass ~* &* +@all -hmget -evalsha -eval"]) {
            stint async throws in
            let url = "redis+unix://half:pw@" + stint.redis.socketPath
            let run = await stint("enqueue", "hello", environment: ["STINT_REDIS_URL": url])
            #expect(run.status == .noPermission, "\(run.errors)")
            #expect(run.errors.contains("does not give this user a right that it needs: "), "\(run.errors)")
            #expect(
                run.errors.contains("ACL SETUSER half +eval") && run.errors.contains("stint config acl"),
                "\(run.errors)")
            #expect(!run.errors.contains("Put user and password into a file"))
        }
    }

    @Test("A Redis that would evict jobs if it had a bound, and one that cannot be asked, are told once at the start")
    func eviction() async throws {
        let options = ["maxmemory-policy allkeys-lru", "user blind on nopass ~* &* +@all -info"]
        try await withWorkshop(redisOptions: options) { stint async throws in
            for (url, words) in [
                (stint.redis.url, "would evict keys, and with them jobs, as soon as it is given a maxmemory"),
                ("redis+unix://blind:pw@" + stint.redis.socketPath, "does not let this user ask for its version"),
            ] {
                for command in [["enqueue", "hello"], ["work", "--drain"]] {
                    let run = await CommandRun.stint(
                        command, environment: stint.environment.merging(["STINT_REDIS_URL": url]) { $1 },
                        directory: stint.folder)
                    #expect(run.status == .ok, "\(run.errors)")
                    #expect(run.errors.components(separatedBy: words).count == 2, "\(command): \(run.errors)")
                }
            }
        }
    }

    @Test(
        "A variable that does nothing is told where it resembles one that does",
        arguments: [
            (["STINT_REDIS": "x"], "there is no variable STINT_REDIS, it is ignored. Did you mean STINT_REDIS_URL?"),
            (
                ["STINT_NAMESPCE": "x"],
                "there is no variable STINT_NAMESPCE, it is ignored. Did you mean STINT_NAMESPACE?"
            ),
            (
                ["STINT_REDIS_URL_FILE": "/f"],
                "STINT_REDIS_URL and STINT_REDIS_URL_FILE are both set: the file is not read"
            ),
            (["STINT_SERVICE_HOST": "x", "STINT_PORT": "y", "STINT_QUEUE": "q", "STINT_FENCE": "1"], nil),
        ] as [([String: String], String?)])
    func variables(environment: [String: String], expected: String?) async throws {
        let base = ["STINT_REDIS_URL": "redis+unix:///nonexistent/redis.sock"]
        let run = await CommandRun.stint(["queue", "ls"], environment: base.merging(environment) { $1 })
        let warnings = run.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        if let expected {
            #expect(warnings.count == 1 && warnings[0].contains(expected), "\(run.errors)")
        } else {
            #expect(warnings.isEmpty)
        }
    }

    @Test("A Redis that may evict jobs")
    func evicting() async throws {
        try await withWorkshop(redisOptions: ["maxmemory 100mb", "maxmemory-policy allkeys-lru"]) {
            stint async throws in
            for words in [["enqueue", "hello"], ["work"], ["enqueue", "--bulk"]] {
                let run = await CommandRun.stint(words, environment: stint.environment, directory: stint.folder)
                #expect(run.status == .invalidConfiguration)
                #expect(run.errors.contains("must not be used"))
                let last = run.errors.split(separator: "\n").last ?? ""
                #expect(last.contains("redis-cli") && last.hasSuffix("config set maxmemory-policy noeviction"))
                #expect(
                    run.errors.contains("must not be used: This Redis may evict keys (maxmemory-policy allkeys-lru)"))
                #expect(!run.errors.contains("client's configuration"))
            }
        }
    }

    @Test("A payload over the limit")
    func payload() async throws {
        try await withWorkshop { stint async throws in
            try stint.write("big.json", "\"" + String(repeating: "x", count: 1 << 20) + "\"")
            let run = await stint("enqueue", "hello", "@big.json")
            #expect(run.status == .usage)
            #expect(run.errors.contains("has 1048578 bytes; the limit is 1048576"))
            #expect(run.errors.contains("export STINT_PAYLOAD_MAX=2MB   (or payload_max: in stint.yaml"))
            #expect(try await stint.inspector.queueNames().isEmpty)
        }
    }

    @Test("A payload over a limit of one's own, also as a line of many")
    func payloadLimit() async throws {
        try await withWorkshop { stint async throws in
            let small = ["STINT_PAYLOAD_MAX": "10"]
            let run = await stint("enqueue", "hello", #"{"a":12345678}"#, environment: small)
            #expect(run.status == .usage)
            #expect(run.errors.contains("has 14 bytes; the limit is 10"))
            let bulk = await stint(
                "enqueue", "--bulk", "--name", "hello", input: #"{"a":12345678}"# + "\n", environment: small)
            #expect(bulk.errors.contains("has 14 bytes; the limit is 10"))
            #expect(bulk.errors.contains("STINT_PAYLOAD_MAX"))
            #expect(try await stint.inspector.queueNames().isEmpty)
            try stint.write("big.json", "\"" + String(repeating: "x", count: 1 << 20) + "\"")
            let large = await stint("enqueue", "hello", "@big.json", environment: ["STINT_PAYLOAD_MAX": "2MB"])
            #expect(large.status == .ok, "\(large.errors)")
            let wrong = await stint("enqueue", "hello", environment: ["STINT_PAYLOAD_MAX": "17MB"])
            #expect(wrong.status == .invalidConfiguration)
        }
    }

    @Test("A Redis that is too old, by what it says on the wire", arguments: [("6.2.14", true), ("7.0.0", false)])
    func old(version: String, isTooOld: Bool) async throws {
        try await withFolder { folder async throws in
            let peer = try FakeRedis(in: folder, info: "redis_version:\(version)\r\nmaxmemory:0\r\n")
            defer { peer.stop() }
            let url = "redis+unix://\(peer.socketPath)"
            let environment = ["STINT_REDIS_URL": url, "HOME": folder]
            let run = await CommandRun.stint(["queue", "ls"], environment: environment, directory: folder)
            guard isTooOld else {
                // It is asked for its queues, and what it says then is no list.
                #expect(!run.errors.contains("needs 7.0"))
                return
            }
            #expect(run.status == .invalidConfiguration)
            #expect(
                run.errors == """
                    error: the Redis at \(peer.socketPath) (from STINT_REDIS_URL) must not be used: This is Redis 6.2.14; \
                    Stint needs 7.0 or newer
                      Which one is it?    redis-cli -s \(peer.socketPath) info server
                      Use another one:    stint --redis redis://HOST:PORT queue ls
                      No Redis at hand?   unset STINT_REDIS_URL   (Stint then starts a private one, without these jobs)

                    """)
        }
    }

    @Test("An address that is none says how one looks, and what must be built for TLS")
    func address() async throws {
        let scheme = await CommandRun.stint(["queue", "ls"], environment: ["STINT_REDIS_URL": "http://127.0.0.1:6379"])
        #expect(scheme.status == .invalidConfiguration)
        #expect(
            scheme.errors.contains("the address of Redis (from STINT_REDIS_URL) cannot be used: unknown scheme http://")
        )
        #expect(scheme.errors.hasSuffix("stint --redis redis://HOST:6379/0 queue ls\n"), "\(scheme.errors)")
        let flag = await CommandRun.stint(["queue", "ls", "--redis", "127.0.0.1:6379"])
        #expect(flag.status == .usage)
        #expect(flag.errors.contains("(from --redis) cannot be used: the Redis URL has no scheme"))
        guard !TLSOptions.isAvailable else { return }
        let tls = await CommandRun.stint(["queue", "ls", "--redis", "rediss://127.0.0.1:6379"])
        #expect(tls.errors.contains("this build of Stint has no TLS"))
        #expect(tls.errors.contains("swift build -c release --traits TLS --product stint"))
    }

    @Test("A password on the command line is refused, and printed by no error")
    func passwordArgument() async throws {
        let words = ["queue", "ls", "--redis", "redis://li:s3cret@127.0.0.1:1"]
        let run = await CommandRun.stint(words)
        #expect(run.status == .usage)
        #expect(run.errors.contains("everybody on this machine can read a command line"))
        #expect(run.errors.contains("export STINT_REDIS_URL_FILE=redis-url"))
        #expect(!run.errors.contains("s3cret"))
        var invocation = Invocation.process
        invocation.arguments = words
        #expect(invocation.retyped() == "stint queue ls --redis 'redis://li:***@127.0.0.1:1'")
        let other = "stint --redis redis://HOST:PORT queue ls"
        #expect(invocation.retyped(with: "--redis", "redis://HOST:PORT") == other)
        invocation.arguments = ["queue", "ls", "--redis=redis://li:s3cret@127.0.0.1:1"]
        #expect(invocation.retyped(with: "--redis", "redis://HOST:PORT") == other)
    }

    @Test(
        "Whatever is wrong with the words, the last line is a command to type",
        arguments: [
            ["enqueue", "\u{1B}[2J", "{}"], ["enqueue", "a", "{}", "--queue", "Not A Queue"],
            ["enqueue", "a", "@/nonexistent"], ["enqueue", "a", "--timeout", "0s"], ["job", "show", "a b"],
            ["enqueue", "a", "--tag", "a=\u{1B}"], ["enqueue", "--bulk", "/nonexistent"],
            ["job", "cancel", "x", "--reason", "\u{1B}"],
        ])
    func hints(words: [String]) async throws {
        try await withWorkshop { stint async throws in
            let run = await CommandRun.stint(words, environment: stint.environment, directory: stint.folder)
            #expect(run.status == .usage)
            let last = run.errors.split(separator: "\n").last ?? ""
            #expect(last.hasPrefix("  ") && last.contains("stint "), "\(run.errors)")
            #expect(!run.errors.contains("\u{1B}"))
        }
    }

    @Test("A Redis whose memory is full")
    func full() async throws {
        try await withWorkshop(redisOptions: ["maxmemory 1mb"]) { stint async throws in
            let run = await stint("enqueue", "hello")
            #expect(run.status == .tryAgain, "\(run.errors)")
        }
    }

    @Test("A slip in the name of a command")
    func command() async throws {
        for (slip, meant) in [("enqeue", "enqueue"), ("wrok", "work"), ("rnu", "run")] {
            let run = await CommandRun.stint([slip, "hello"])
            #expect(run.status == .usage)
            #expect(run.errors.hasPrefix("error: no command '\(slip)'. Did you mean '\(meant)'?"))
        }
    }

    @Test("A stint.yaml with an error, with its line")
    func configuration() async throws {
        try await withWorkshop(yaml: "functions:\n  a: {sh: 'true'}\nqeues: {}\n") { stint async throws in
            let run = await stint("enqueue", "a")
            #expect(run.status == .invalidConfiguration)
            #expect(run.errors.contains("stint.yaml:3: error: unknown key 'qeues'"))
        }
    }
}
