// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging

/// Logs each command with the time that its reply took.
///
/// Says which command, or which script, and its first key; never the arguments behind it, which may be payloads.
struct CommandTrace: Sendable {
    private let reactor: NIOReactor
    private let logger: Logger

    /// Makes a trace; nil where nobody would see it, so that tracing then costs one comparison a command.
    init?(reactor: NIOReactor, logger: Logger) {
        guard logger.logLevel <= .trace else { return nil }
        self.reactor = reactor
        self.logger = logger
    }

    /// Returns a completion that logs and then does what `completion` does.
    func watching(
        _ command: RedisCommand,
        _ completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) -> @Sendable (Result<RedisValue, RedisFailure>) -> Void {
        let start = reactor.now
        let label = command.label
        let key = command.subject
        return { result in
            var metadata: Logger.Metadata = [
                "redis.command": "\(label)", "redis.ms": "\(Self.milliseconds(reactor.now - start))",
            ]
            if let key { metadata["redis.key"] = "\(key)" }
            switch result {
            case .success: break
            case .failure(.server(let error)): metadata["redis.error"] = "\(error.code)"
            case .failure: metadata["redis.error"] = "no reply"
            }
            logger.trace("Redis command", metadata: metadata)
            completion(result)
        }
    }

    /// With microseconds as decimals, such as `0.214`.
    private static func milliseconds(_ duration: Duration) -> String {
        let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        let decimals = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}

extension RedisCommand {
    /// Commands whose first argument may be a secret or a payload.
    private static let unspoken: Set<String> = ["AUTH", "HELLO", "ECHO"]

    /// The first key, or the first argument of a command without keys; nil where there is none or it may be a secret.
    var subject: String? {
        if Self.unspoken.contains(name) { return nil }
        // EVALSHA sha1 number key …
        let isScript = ["EVALSHA", "EVAL", "EVALSHA_RO", "EVAL_RO"].contains(name)
        return argument(at: isScript ? 3 : 1)
    }

    /// Reads one argument back, the name being number 0.
    private func argument(at wanted: Int) -> String? {
        var rest = bytes[...]
        func line() -> ArraySlice<UInt8>? {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\r")) else { return nil }
            defer { rest = rest[(end + 2)...] }
            return rest[..<end].dropFirst()
        }
        guard line() != nil else { return nil }
        for number in 0...wanted {
            guard let text = line(), let length = Int(String(decoding: text, as: UTF8.self)), rest.count >= length + 2
            else { return nil }
            if number == wanted { return String(decoding: rest.prefix(length), as: UTF8.self) }
            rest = rest.dropFirst(length + 2)
        }
        return nil
    }
}
