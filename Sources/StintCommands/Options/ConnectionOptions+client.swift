// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintRedis

extension ConnectionOptions {
    /// Connects to the Redis that the options name, and closes the connection when the body is done.
    ///
    /// - Throws: What the body throws; where Redis cannot be reached, a failure that says what to try.
    func withClient<Result>(
        on console: Console, _ body: (StintClient) async throws -> Result
    ) async throws -> Result {
        let target = try await target(on: console)
        var settings = StintClient.Configuration(
            redis: target.url, namespace: target.namespace, clientName: "stint-command")
        settings.passwordFile = target.configuration[.passwordFile].value
        let client = try StintClient(settings, logger: console.logger)
        do {
            try await client.connect()
            let result = try await body(client)
            await client.shutdown()
            // Until here the private Redis has a client.
            withExtendedLifetime(target) {}
            return result
        } catch let error as StintError where error.code == .redisUnreachable {
            await client.shutdown()
            throw Self.unreachable(error, target)
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// What to try when Redis does not answer.
    private static func unreachable(_ error: StintError, _ target: RedisTarget) -> CommandFailure {
        var failure = CommandFailure(error)
        guard let source = target.source else { return failure }
        let address = (try? RedisConfiguration(url: target.url))?.redactedURL ?? "URL"
        failure.summary += " (the address is from \(source))"
        failure.hints = [
            .init("Is it running?", "redis-cli -u \(address) ping"),
            .init("Use another one:", Invocation.current.retyped(adding: "--redis redis://HOST:PORT")),
        ]
        if source == .environment("STINT_REDIS_URL") {
            failure.hints.append(.init("No Redis at hand?", "unset STINT_REDIS_URL   (Stint then starts a private one)"))
        }
        return failure
    }
}
