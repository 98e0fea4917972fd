// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintCommands
import StintTesting
import Testing

@testable import StintRedis

@Suite struct HealthTests {
    @Test("A loop that stops turning is told by /healthz, worker ls and worker show, and no longer once it turns")
    func stuck() async throws {
        try await withWorkshop { stint async throws in
            let port = try LoopbackPort.free(1)[0]
            let task = Task { await stint("work", "--health", ":\(port)", "--lease", "3s", "-q") }
            try await until("all is well") { HTTPProbe.get("/healthz", port: port)?.status == 200 }
            // No script can use the queue, until this is gone.
            _ = try await stint.client.core.send(RedisCommand("SET", "{stint:mail}:delayed", "x"))
            try await until("it is told") { HTTPProbe.get("/healthz", port: port)?.status == 503 }
            let told = HTTPProbe.get("/healthz", port: port)?.body ?? ""
            #expect(told.contains("sweep of 'mail' for ") && told.contains("a key of another kind"), "\(told)")
            #expect(!told.contains("'default'"))
            try await until("it is listed") {
                await stint("worker", "ls", "--json").output.contains(#""loop":"sweep","queue":"mail""#)
            }
            #expect(await stint("worker", "ls", "--fields", "mode").output.contains("stuck (sweep)"))
            let node = await stint("worker", "ls", "--fields", "node").output.split(separator: "\n")
            let shown = await stint("worker", "show", String(try #require(node.first)))
            #expect(shown.output.contains("sweep of 'mail' for "))
            _ = try await stint.client.core.send(RedisCommand("DEL", "{stint:mail}:delayed"))
            try await until("all is well again") { HTTPProbe.get("/healthz", port: port)?.status == 200 }
            try await until("it is listed no longer") {
                await stint("worker", "ls", "--json").output.contains(#""stuck":[]"#)
            }
            task.cancel()
            _ = await task.value
        }
    }

    @Test(
        "An address to listen at is a port of this machine unless it says more",
        arguments: [
            (":8080", "127.0.0.1", 8080), ("0.0.0.0:80", "0.0.0.0", 80), ("[::1]:0", "::1", 0),
            ("localhost:65535", "localhost", 65_535),
        ])
    func address(text: String, host: String, port: Int) throws {
        #expect(try HealthAddress.parse(text) == HealthAddress(host: host, port: port))
    }

    @Test("What is no address is refused", arguments: ["8080", ":", ":x", "::1:80", ":65536", ""])
    func refused(text: String) {
        #expect(throws: (any Error).self) { try HealthAddress.parse(text) }
    }

    @Test("A port that is taken is told, and the worker does not start")
    func taken() async throws {
        let responder = try await HealthResponder.start(host: "127.0.0.1", port: 0) { nil }
        try await withWorkshop { stint async throws in
            let run = await stint("work", "--health", ":\(responder.port)")
            #expect(run.status == .usage)
            let error = "error: cannot answer health checks at 127.0.0.1:\(responder.port): Address already in use\n"
            #expect(run.errors.hasPrefix(error), "\(run.errors)")
            #expect(run.errors.contains("stint work --health :0"), "\(run.errors)")
        }
        await responder.stop()
    }

    private func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record(what)
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
