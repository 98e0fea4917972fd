// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if TLS
import StintTesting
import Testing

@testable import StintRedis

@Suite struct TLSTests {
    @Test("A certificate of the named authority is trusted, for a host name and for an address")
    func trusted() async throws {
        try await withTLSRedis { tls in
            let (port, certificates) = (tls.port, tls.certificates)
            for host in ["localhost", "127.0.0.1"] {
                let url = "rediss://\(host):\(port)?ca=\(certificates)/ca.crt"
                try await withNode(RedisConfiguration(url: url)) { node in
                    try await node.connect(timeout: .seconds(60))
                    _ = try await node.run("SET", "a", "1")
                    let value = [UInt8](repeating: 7, count: 1024 * 1024)
                    _ = try await node.commands.send(
                        RedisCommand("SET", [Array("big".utf8), value]), timeout: .seconds(60))
                    let reply = try await node.run("GET", "big")
                    #expect(reply == .bytes(value))
                }
            }
        }
    }

    @Test("A certificate of an unknown authority is refused at once")
    func untrusted() async throws {
        try await withTLSRedis { tls in
            for query in ["", "?ca=\(tls.certificates)/other.crt"] {
                let text = try await refusal("rediss://localhost:\(tls.port)\(query)")
                #expect(text.contains("certificate is not trusted"), "\(query)")
            }
        }
    }

    @Test("A certificate whose time is over is refused")
    func expired() async throws {
        try await withTLSRedis(certificate: "expired") { tls in
            let text = try await refusal("rediss://localhost:\(tls.port)?ca=\(tls.certificates)/ca.crt")
            #expect(text.contains("certificate is not trusted"))
        }
    }

    @Test("A certificate for another host is refused, unless that name was asked for")
    func otherHost() async throws {
        try await withTLSRedis(names: "DNS:localhost,DNS:redis.internal") { tls in
            let (port, certificates) = (tls.port, tls.certificates)
            let url = "rediss://localhost:\(port)?ca=\(certificates)/ca.crt"
            for wrong in [url + "&server_name=other.example", "rediss://127.0.0.1:\(port)?ca=\(certificates)/ca.crt"] {
                let text = try await refusal(wrong)
                #expect(text.contains("another host"))
            }
            try await withNode(RedisConfiguration(url: url + "&server_name=redis.internal")) { node in
                try await node.connect(timeout: .seconds(60))
            }
        }
    }

    @Test("Without verification any certificate is taken")
    func insecure() async throws {
        try await withTLSRedis { tls in
            try await withNode(RedisConfiguration(url: "rediss://localhost:\(tls.port)?insecure=true")) { node in
                try await node.connect(timeout: .seconds(60))
            }
        }
    }

    @Test(
        "A server that wants a client certificate refuses who has none, or one of a stranger, and takes who has the right one"
    )
    func clientCertificate() async throws {
        try await withTLSRedis(["tls-auth-clients yes"]) { tls in
            let (port, certificates) = (tls.port, tls.certificates)
            let url = "rediss://localhost:\(port)?ca=\(certificates)/ca.crt"
            _ = try await refusal(url)
            let stranger = url + "&cert=\(certificates)/stranger.crt&key=\(certificates)/stranger.key"
            #expect(try await refusal(stranger).contains("the server refused the TLS connection"))
            let mixed = url + "&cert=\(certificates)/client.crt&key=\(certificates)/server.key"
            #expect(try await refusal(mixed).contains("TLS cannot be set up"))
            let full = url + "&cert=\(certificates)/client.crt&key=\(certificates)/client.key"
            try await withNode(RedisConfiguration(url: full)) { node in
                try await node.connect(timeout: .seconds(60))
            }
        }
    }

    @Test("A port without TLS and a file that is not there are told as such")
    func misuse() async throws {
        try await withRedisOnPort { port, _ in
            try await withNode(RedisConfiguration(url: "rediss://localhost:\(port)?connect_timeout=0.5")) { node in
                let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
                #expect("\(failure!)".contains("does the port speak TLS?"))
            }
            let missing = try await refusal("rediss://localhost:\(port)?ca=/nonexistent/ca.crt")
            #expect(missing.contains("/nonexistent/ca.crt cannot be used"))
        }
    }

    /// Returns why connecting to `url` is refused.
    private func refusal(_ url: String) async throws -> String {
        try await withNode(RedisConfiguration(url: url)) { node in
            let failure = await #expect(throws: RedisFailure.self) { try await node.connect(timeout: .seconds(60)) }
            guard case .refused(let text)? = failure else {
                Issue.record("not refused: \(String(describing: failure))")
                return ""
            }
            return text
        }
    }
}
#endif
