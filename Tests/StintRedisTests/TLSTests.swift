// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if TLS
import Testing

@testable import StintRedis

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

@Suite struct TLSTests {
    @Test("A certificate of the named authority is trusted, for a host name and for an address")
    func trusted() async throws {
        try await withTLSRedis { port, certificates in
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
        try await withTLSRedis { port, _ in
            let text = try await refusal("rediss://localhost:\(port)")
            #expect(text.contains("certificate is not trusted"))
        }
    }

    @Test("A certificate for another host is refused, unless that name was asked for")
    func otherHost() async throws {
        try await withTLSRedis(names: "DNS:localhost,DNS:redis.internal") { port, certificates in
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
        try await withTLSRedis { port, _ in
            try await withNode(RedisConfiguration(url: "rediss://localhost:\(port)?insecure=true")) { node in
                try await node.connect(timeout: .seconds(60))
            }
        }
    }

    @Test("A server that wants a client certificate refuses who has none and takes who has one")
    func clientCertificate() async throws {
        try await withTLSRedis(["tls-auth-clients yes"]) { port, certificates in
            let url = "rediss://localhost:\(port)?ca=\(certificates)/ca.crt"
            _ = try await refusal(url)
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

/// Runs `body` with a Redis that speaks TLS on a free port, and the directory of its certificates.
private func withTLSRedis(
    _ extraConfiguration: [String] = ["tls-auth-clients no"],
    names: String = "DNS:localhost,IP:127.0.0.1",
    _ body: (Int, String) async throws -> Void
) async throws {
    let place = try await PrivateRedis.start()
    let certificates = place.directory
    try await makeCertificates(in: certificates, names: names)
    let configuration =
        [
            "tls-cert-file \(certificates)/server.crt", "tls-key-file \(certificates)/server.key",
            "tls-ca-cert-file \(certificates)/ca.crt",
        ] + extraConfiguration
    try await withRedis(configuration) { _, node in
        for _ in 0..<50 {
            let port = 20_000 + Int(SystemRandom().next() % 40_000)
            guard await node.failure(of: "CONFIG", "SET", "tls-port", String(port)) == nil else { continue }
            try await body(port, certificates)
            return
        }
        Issue.record("no free port was found")
    }
    await place.stop()
}

/// Makes an authority, a server certificate and a client certificate with the openssl command.
private func makeCertificates(in directory: String, names: String) async throws {
    let script = """
        set -e; cd "$1"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=Test-CA \
            -keyout ca.key -out ca.crt
        for name in server client; do
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$name \
                -keyout $name.key -out $name.csr
            printf 'subjectAltName=%s\\n' "$2" > $name.ext
            openssl x509 -req -days 2 -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
                -extfile $name.ext -out $name.crt
        done
        """
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let child = try ChildProcess.spawn(
        "/bin/sh", ["-c", script, "sh", directory, names], descriptors: [null, null, null])
    try await eventually(within: .seconds(60)) { child.hasEnded() }
    try #require(access(directory + "/client.crt", F_OK) == 0, "the openssl command is needed for this test")
}
#endif
