// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Testing

@testable import Stint

/// Passwords, wherever something is told.
@Suite struct SecretTests {
    private static let password = "hunter2"

    @Test("A password of a URL stands in no error, no log, no description and not in the list of clients")
    func silence() async throws {
        try await ErrorBench.with(["user wang on >\(Self.password) ~* &* +@all"], user: "wang:\(Self.password)@") {
            bench in
            try await bench.client.enqueue(name: "n", payload: [])
            let clients = try await bench.command("CLIENT", "LIST").string ?? ""
            #expect(clients.contains("name=stint") && clients.contains("user=wang"))
            #expect(!clients.contains(Self.password))
            let addresses = [
                "redis+unix://wang:wrong-\(Self.password)@\(bench.redis.socketPath)",
                "redis+unix://wang:\(Self.password)@\(bench.redis.socketPath).missing",
                "redis://wang:\(Self.password)@127.0.0.1:1", "redis://wang:\(Self.password)@127.0.0.1:99999",
                "redis://wang:\(Self.password)#@h", "\(Self.password)", "redis://wang:\(Self.password)%zz@h",
                "redis+sentinel://wang:\(Self.password)@127.0.0.1:1/m?sentinel_password=\(Self.password)",
                "redis+cluster://wang:\(Self.password)@127.0.0.1:1",
            ]
            for address in addresses {
                let book = LogBook()
                var logger = book.logger
                logger.logLevel = .trace
                let configuration = StintClient.Configuration(redis: address)
                var text = "\(configuration) \(String(reflecting: configuration))"
                dump(configuration, to: &text)
                do {
                    let client = try StintClient(configuration, logger: logger)
                    do {
                        try await client.connect(limit: .zero)
                        Issue.record("connected to \(address)")
                    } catch {
                        text.append("\(error) \((error as? StintError)?.message ?? "") \(String(reflecting: error))")
                        dump(error, to: &text)
                    }
                    await client.shutdown()
                } catch {
                    text.append("\(error)")
                    dump(error, to: &text)
                }
                for entry in book.having("") { text.append("\(entry.message) \(entry.metadata)") }
                #expect(!text.contains(Self.password), "\(address): \(text)")
            }
            for entry in bench.log.having("") { #expect(!"\(entry.message) \(entry.metadata)".contains(Self.password)) }
        }
    }
}
