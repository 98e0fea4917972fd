// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

extension ClientCore {
    /// Runs a script that may be repeated without harm, until it is answered or `limit` has passed.
    ///
    /// Cancelling the task does not take the call back.
    package func call(_ call: ScriptCall, limit: Duration = .seconds(15)) async throws(StintError) -> RedisValue {
        let deadline = reactor.now + limit
        var failures = 0
        while true {
            let result = await withCheckedContinuation { continuation in
                run(call) { continuation.resume(returning: $0) }
            }
            let event = ScriptEvent(result, script: call.script.name)
            if case .reply(let value) = event { return value }
            let error = event.error ?? .clientClosed
            switch event {
            case .notRun, .notSent, .unknown: break
            default: throw error
            }
            failures += 1
            let wait = RepeatDelay.after(error, failures: failures, random: random)
            guard reactor.now + wait < deadline else { throw error }
            await pause(wait)
        }
    }

    /// Sends a command that may be repeated without harm, until it is answered or `limit` has passed.
    ///
    /// It goes to the server of its key unless another transport is given.
    package func send(
        _ command: RedisCommand, to server: (any RedisTransport)? = nil, limit: Duration = .seconds(15)
    ) async throws(StintError) -> RedisValue {
        let transport = server ?? transport
        let deadline = reactor.now + limit
        return try await settled(await once(command, at: transport), of: command, at: transport, until: deadline)
    }

    /// Sends commands as ``send(_:to:limit:)`` does, all of them before the first is answered, so that they cost one
    /// round trip; returns what came of each, in their order.
    func sendTogether(
        _ commands: [RedisCommand], to server: (any RedisTransport)? = nil, limit: Duration = .seconds(15)
    ) async -> [Result<RedisValue, StintError>] {
        let deadline = reactor.now + limit
        let transport = server ?? transport
        let replies = await withCheckedContinuation { continuation in
            let collector = Collector<Result<RedisValue, RedisFailure>>(count: commands.count) {
                continuation.resume(returning: $0)
            }
            transport.send(together: commands, timeout: commandTimeout) { collector.set($0, $1) }
        }
        var results: [Result<RedisValue, StintError>] = []
        for (command, reply) in zip(commands, replies) {
            do throws(StintError) {
                results.append(.success(try await settled(reply, of: command, at: transport, until: deadline)))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }

    /// Returns the reply, after repeating the command where its failure will pass.
    private func settled(
        _ reply: Result<RedisValue, RedisFailure>, of command: RedisCommand, at transport: any RedisTransport,
        until deadline: Duration
    ) async throws(StintError) -> RedisValue {
        var reply = reply
        var failures = 0
        while true {
            let failure: RedisFailure
            switch reply {
            case .success(let value): return value
            case .failure(let error): failure = error
            }
            failures += 1
            if case .server(let reply) = failure { alarms.heard(reply, name: command.name) }
            let error = StintError(failure)
            let isPassing = error.code == .redisBusy || error.code == .outcomeUnknown || error.code == .redisUnreachable
            let wait = RepeatDelay.after(error, failures: failures, random: random)
            guard isPassing, reactor.now + wait < deadline else { throw error }
            await pause(wait)
            reply = await once(command, at: transport)
        }
    }

    private func once(
        _ command: RedisCommand, at transport: any RedisTransport
    ) async -> Result<RedisValue, RedisFailure> {
        await withCheckedContinuation { continuation in
            transport.send(command, timeout: commandTimeout) { continuation.resume(returning: $0) }
        }
    }

    /// Makes a call in a lane and waits for its outcome.
    package func call(in lane: Lane, _ make: @escaping Lane.Make) async throws(StintError) -> RedisValue {
        let result = await withCheckedContinuation { continuation in
            lane.call(make) { continuation.resume(returning: $0) }
        }
        return try result.get().value
    }

    /// Waits on the reactor's clock.
    package func pause(_ time: Duration) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            reactor.schedule(after: time) { continuation.resume() }
        }
    }
}
