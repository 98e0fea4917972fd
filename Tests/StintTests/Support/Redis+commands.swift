// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import Stint

extension TestStint {
    var core: ClientCore { client.core }

    /// Sends a command past the library, to look at the server or to prepare it.
    @discardableResult
    func command(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await core.send(RedisCommand(name, arguments))
    }
}

/// Runs a body with a private Redis and a core on it whose transport can be broken.
func withFaults<Value>(_ body: (TestCore, StintClient) async throws -> Value) async throws -> Value {
    try await ServerSlots.shared.run { try await runWithFaults(body) }
}

private func runWithFaults<Value>(_ body: (TestCore, StintClient) async throws -> Value) async throws -> Value {
    let redis = try await PrivateRedis.start()
    let test = TestCore.connect(redis)
    let client = StintClient(core: test.core)
    let result: Result<Value, any Error>
    do {
        // Known from the start, so that a lost reply is never that of NOSCRIPT.
        for script in Scripts.all {
            _ = try await test.core.send(RedisCommand("SCRIPT", "LOAD", script.source))
        }
        result = .success(try await body(test, client))
    } catch {
        result = .failure(error)
    }
    await client.shutdown()
    redis.kill()
    return try result.get()
}

/// Runs a body and returns the code of the `StintError` that it must throw.
func code(_ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) async -> StintError.Code?
{
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as StintError {
        return error.code
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
    return nil
}

struct SendReceipt: Job, Equatable {
    static let name = "receipt.send"
    static let defaults = JobOptions(queue: "mail", retry: .exponential(attempts: 8), timeout: .seconds(30))
    var orderID: Int
}
