// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if TLS
import Logging
import StintRedis
import StintTesting
import Testing

@testable import Stint

/// The library over TLS, with the certificates of its configuration.
@Suite struct TLSClientTests {
    private func withClient(
        _ url: String, authority: String, _ tls: TLSRedis, certificate: String? = nil,
        _ body: (StintClient) async throws -> Void
    ) async throws {
        let client = try StintClient(
            .init(
                redis: url, certificateAuthorityFile: "\(tls.certificates)/\(authority).crt",
                clientCertificateFile: certificate.map { "\(tls.certificates)/\($0).crt" },
                clientKeyFile: certificate.map { "\(tls.certificates)/\($0).key" }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try result.get()
    }

    /// Enqueues a job, runs it and waits for its result, which takes every kind of connection.
    private func live(_ client: StintClient) async throws {
        let worker = try Worker(client, options: WorkerFixture.quick) {
            Handle(raw: "work") { _, _ in .completed(result: Array("7".utf8)) }
        }
        let task = Task { try await worker.run() }
        let receipt = try await client.enqueue(name: "work", payload: [], options: .init(isAwaited: true))
        #expect(try await client.result(of: receipt.id, as: Int.self, timeout: .seconds(60)) == 7)
        worker.drain()
        try await task.value
    }

    @Test(
        "A user with few rights works over TLS with a client certificate; without it or with a wrong authority it is refused"
    )
    func user() async throws {
        let rules = try AccessRules([.producer, .worker], user: "app")
        try await withTLSRedis(["tls-auth-clients yes", AccessFixture.line(rules)], names: "DNS:localhost") { tls in
            let url = "rediss://app:pw@localhost:\(tls.port)"
            try await withClient(url, authority: "ca", tls, certificate: "client") { try await live($0) }
            for (authority, certificate) in [("ca", nil), ("other", "client"), ("ca", "stranger")] {
                try await withClient(url, authority: authority, tls, certificate: certificate) { client in
                    let error = await #expect(throws: StintError.self) { try await client.connect() }
                    #expect(error?.code == .redisRefused, "\(authority) \(certificate ?? "-")")
                    #expect(error?.message.contains("pw") == false)
                }
            }
            let other = "rediss://app:pw@localhost:\(tls.port)?server_name=other.example"
            try await withClient(other, authority: "ca", tls, certificate: "client") { client in
                #expect(await code { try await client.connect() } == .redisRefused)
            }
        }
    }

    @Test("A cluster is followed over TLS, to the ports that its nodes give for it")
    func cluster() async throws {
        let bus = try LoopbackPort.free(1)[0]
        let options = ["tls-auth-clients no", "cluster-enabled yes", "tls-cluster yes", "cluster-port \(bus)"]
        try await withTLSRedis(options) { tls in
            let node = RedisNode(
                configuration: tls.redis.configuration, reactor: NIOReactor(), random: SystemRandom(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            _ = try await node.send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", "0", "16383"))
            try await eventually("it serves all slots") {
                try await node.send(RedisCommand("CLUSTER", "INFO")).string?.contains("cluster_state:ok") == true
            }
            await node.shutdown()
            try await withClient("rediss+cluster://127.0.0.1:\(tls.port)", authority: "ca", tls) { try await live($0) }
            try await withClient("rediss+cluster://127.0.0.1:\(tls.port)", authority: "other", tls) { client in
                #expect(await code { try await client.connect() } == .redisRefused)
            }
        }
    }
}
#endif
