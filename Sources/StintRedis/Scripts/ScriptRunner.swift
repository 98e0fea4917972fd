// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Runs scripts by their digest and hands Redis the source only when it does not know one.
///
/// `NOSCRIPT` means that nothing ran, so sending the source afterwards is safe. It is sent once: a second refusal is
/// the caller's to see. In a pipeline only the refused calls are repeated, and they run after those sent meanwhile.
package final class ScriptRunner: Sendable {
    private let transport: any RedisTransport

    /// Makes a runner that sends through `transport`.
    package init(transport: any RedisTransport) {
        self.transport = transport
    }

    /// Runs a script and calls `completion` exactly once, on the reactor.
    ///
    /// The time limit holds for each of the one or two commands that this takes.
    package func run(
        _ script: RedisScript,
        keys: [[UInt8]],
        arguments: [[UInt8]],
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        let transport = transport
        let command = Self.command(script.digestCommand, script.name, script.sha1, keys, arguments)
        transport.send(command, timeout: timeout) { result in
            guard case .failure(.server(let error)) = result, error.code == "NOSCRIPT" else {
                completion(result)
                return
            }
            let command = Self.command(script.sourceCommand, script.name, script.source, keys, arguments)
            transport.send(command, timeout: timeout) { result in
                completion(Self.explained(result, script))
            }
        }
    }

    /// Runs a script whose keys are texts and calls `completion` exactly once, on the reactor.
    @_disfavoredOverload
    package func run(
        _ script: RedisScript,
        keys: [String],
        arguments: [[UInt8]],
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        run(script, keys: keys.map { [UInt8]($0.utf8) }, arguments: arguments, timeout: timeout, completion: completion)
    }

    /// Runs a script and waits for its reply.
    package func run(
        _ script: RedisScript,
        keys: [[UInt8]],
        arguments: [[UInt8]],
        timeout: Duration
    ) async throws(RedisFailure) -> RedisValue {
        let result = await withCheckedContinuation { continuation in
            run(script, keys: keys, arguments: arguments, timeout: timeout) { result in
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    /// Runs a script whose keys are texts and waits for its reply.
    @_disfavoredOverload
    package func run(
        _ script: RedisScript,
        keys: [String],
        arguments: [[UInt8]],
        timeout: Duration
    ) async throws(RedisFailure) -> RedisValue {
        try await run(script, keys: keys.map { [UInt8]($0.utf8) }, arguments: arguments, timeout: timeout)
    }

    /// Encodes the call of a script whose keys are texts, with its source.
    package static func command(_ script: RedisScript, keys: [String], arguments: [[UInt8]]) -> RedisCommand {
        command(script.sourceCommand, script.name, script.source, keys.map { [UInt8]($0.utf8) }, arguments)
    }

    /// A user that may not send the source depends on somebody who loads the script.
    private static func explained(
        _ result: Result<RedisValue, RedisFailure>, _ script: RedisScript
    ) -> Result<RedisValue, RedisFailure> {
        guard case .failure(.server(let error)) = result, error.code == "NOPERM",
            error.message.contains("'\(script.sourceCommand.lowercased())'")
        else { return result }
        let text =
            "it is not loaded, and this user may not load it (\(error)): give the user "
            + "+\(script.sourceCommand.lowercased()), or let another user "
            + "call SCRIPT LOAD; its SHA-1 is \(script.sha1)"
        return .failure(.server(RedisServerError(code: "NOSCRIPT", message: text)))
    }

    private static func command(
        _ name: String,
        _ label: String,
        _ script: String,
        _ keys: [[UInt8]],
        _ arguments: [[UInt8]]
    ) -> RedisCommand {
        let size = arguments.reduce(script.utf8.count + keys.reduce(0) { $0 + $1.count }) { $0 + $1.count }
        let count = 2 + keys.count + arguments.count
        return RedisCommand(name, label: label, count: count, reservingBytes: size) { encoder in
            encoder.append(script)
            encoder.append(keys.count)
            for key in keys { encoder.append(key) }
            for argument in arguments { encoder.append(argument) }
        }
    }
}
