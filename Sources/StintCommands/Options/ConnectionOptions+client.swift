// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint
import StintFunctions
import StintRedis
import StintTerminal

extension ConnectionOptions {
    /// Gives a body a connected client, and closes it afterwards.
    ///
    /// This is how a command that talks to queues begins.
    /// - Throws: What the body throws; failures of the connection say which Redis was meant, where that was said, and
    ///   what to type.
    package func withClient<Result>(
        on console: Console, data: DataOptions? = nil, _ body: (StintClient, RedisTarget) async throws -> Result
    ) async throws -> Result {
        let target = try await target(on: console, data: data)
        do {
            let client = try StintClient(
                .init(
                    redis: target.url, namespace: target.namespace,
                    passwordFile: target.configuration[.passwordFile].value, clientName: "stint-cli"),
                logger: console.logger)
            do {
                try await client.connect()
                let result = try await body(client, target)
                await client.shutdown()
                return result
            } catch {
                await client.shutdown()
                throw error
            }
        } catch let error as StintError {
            throw target.failure(error)
        }
    }
}

extension RedisTarget {
    /// The library's failure with what helps: this target knows which Redis was meant and where that was said.
    package func failure(_ error: StintError) -> CommandFailure {
        var failure = CommandFailure(error)
        let invocation = Invocation.current
        let address = (try? RedisConfiguration(url: url).redactedURL) ?? "redis://HOST:PORT"
        let origin =
            switch source {
            case nil: ""
            case .environment(let name): " (from \(name))"
            case .flag: " (from --redis)"
            case .some(let source): " (from \(source))"
            }
        switch error.code {
        case .redisUnreachable:
            failure.summary += origin
            if let embedded {
                failure.hints = [.init("What it logged:", "tail \(embedded.location.directory)/redis.log")]
                break
            }
            failure.hints = [
                .init("Is it running?", "redis-cli -u \(address) ping"),
                .init("Use another one:", invocation.retyped(adding: "--redis redis://HOST:PORT")),
            ]
            if case .environment(let name) = source {
                failure.hints.append(
                    .init("No Redis at hand?", "unset \(name)   (Stint then starts a private one)"))
            }
        case .redisRefused:
            failure.summary += origin
            failure.hints = [
                .init("Give the password in a file:", "STINT_PASSWORD_FILE=/path/to/file \(invocation.retyped())")
            ]
        case .redisBusy, .outcomeUnknown:
            failure.hints = [.init("Try again:", invocation.retyped())]
        default: break
        }
        return failure
    }
}
