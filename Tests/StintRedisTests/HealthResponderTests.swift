// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Synchronization
import Testing

@Suite struct HealthResponderTests {
    private func withResponder(_ look: @escaping HealthResponder.Look, _ body: (Int) async throws -> Void) async throws
    {
        let responder = try await HealthResponder.start(host: "127.0.0.1", port: 0, look: look)
        do {
            try await body(responder.port)
        } catch {
            await responder.stop()
            throw error
        }
        await responder.stop()
        #expect(HTTPProbe.get("/healthz", port: responder.port) == nil)
    }

    @Test("It answers 200 while all is well, and 503 with the reason otherwise")
    func verdict() async throws {
        let reason = Mutex<String?>(nil)
        try await withResponder({ reason.withLock { $0 } }) { port in
            let well = try #require(HTTPProbe.get("/healthz", port: port))
            #expect(well == (200, "ok\n"))
            reason.withLock { $0 = "sweep of 'mail' for 12 s" }
            let ill = try #require(HTTPProbe.get("/healthz?verbose", port: port))
            #expect(ill == (503, "sweep of 'mail' for 12 s\n"))
        }
    }

    @Test("It knows one path and two methods, and closes each connection")
    func others() async throws {
        try await withResponder({ nil }) { port in
            #expect(try #require(HTTPProbe.get("/", port: port)).status == 404)
            let head = try #require(HTTPProbe.exchange("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n", port: port))
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n") && head.contains("close"))
            let post = "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
            #expect(try #require(HTTPProbe.exchange(post, port: port)).hasPrefix("HTTP/1.1 405 "))
            // Two requests at once get one answer.
            let twice = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            let reply = try #require(HTTPProbe.exchange(twice + twice, port: port))
            #expect(reply.components(of: "HTTP/1.1 ") == 1)
        }
    }

    @Test("What is no HTTP is answered with an error or not at all, and does no harm")
    func garbage() async throws {
        try await withResponder({ nil }) { port in
            let reply = try #require(HTTPProbe.exchange("*1\r\n$4\r\nPING\r\n", port: port))
            #expect(!reply.contains(" 200 "))
            #expect(try #require(HTTPProbe.get("/healthz", port: port)).status == 200)
        }
    }

    @Test("Who says nothing is sent away after a while")
    func silent() async throws {
        try await withResponder({ nil }) { port in
            #expect(HTTPProbe.exchange("", port: port) == "")
        }
    }

    @Test("A port that is taken is an error")
    func taken() async throws {
        try await withResponder({ nil }) { port in
            await #expect(throws: (any Error).self) {
                _ = try await HealthResponder.start(host: "127.0.0.1", port: port) { nil }
            }
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        ranges(of: part).count
    }
}
