// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Stint
import StintRedis

/// A client whose scripts have other digests than this release's: each source has a comment more at its end.
///
/// To Redis these are other scripts, as those of another release are; what they do is the same.
enum OtherScripts {
    static func client(_ configuration: StintClient.Configuration, logger: Logger) throws -> StintClient {
        let core = ClientCore(
            redis: try configuration.redisConfiguration(), namespace: configuration.namespace, logger: logger)
        let changed = ClientCore(
            transport: Transport(base: core.transport), blocking: core.blocking, reactor: core.reactor,
            random: core.random, wallClock: core.wallClock, namespace: core.namespace, logger: logger,
            commandTimeout: core.commandTimeout,
            subscribe: { core.subscribe($0, onMessage: $1, onReady: $2) }, close: { await core.close() })
        return StintClient(core: changed)
    }

    /// Sends each script's changed source instead of its digest.
    private struct Transport: RedisTransport {
        let base: any RedisTransport

        func send(
            _ command: RedisCommand, timeout: Duration,
            completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
        ) {
            base.send(OtherScripts.changed(command), timeout: timeout, completion: completion)
        }
    }

    private static let sources = Dictionary(uniqueKeysWithValues: Scripts.all.map { ($0.sha1, $0.source) })

    private static func changed(_ command: RedisCommand) -> RedisCommand {
        guard command.name == "EVALSHA", let arguments = command.arguments,
            let source = sources[String(decoding: arguments[0], as: UTF8.self)]
        else { return command }
        return RedisCommand("EVAL", [Array((source + "\n-- of another release").utf8)] + arguments.dropFirst())
    }
}

extension RedisCommand {
    /// The arguments, read back from the bytes that go over the wire.
    fileprivate var arguments: [[UInt8]]? {
        bytes.withUnsafeBytes { bytes in
            var reader = AppendOnlyReader(bytes)
            return reader.next()?.dropFirst().map { Array($0) }
        }
    }
}
