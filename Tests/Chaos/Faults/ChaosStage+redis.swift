// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting

/// What is done to a single server.
extension ChaosStage {
    /// Does one thing to what the jobs are kept in.
    func perform(_ kind: FaultKind, _ time: Duration, _ random: SplitMix64) async throws {
        switch (kind, site) {
        case (.redisKill, .single(let redis)): try await kill(redis)
        case (.redisPause, .single(let redis)): await pause(redis, for: time)
        case (.redisCut, .single(let redis)): try await cut(redis, for: time)
        case (.clockJump, _): await jump(random)
        case (.primaryKill, .sentinel(let group)): try await killPrimary(of: group)
        case (.primaryPause, .sentinel(let group)): try await pausePrimary(of: group)
        case (.primaryPartition, .sentinel(let group)): try await cutOffPrimary(of: group)
        case (.slotMove, .cluster(let cluster)): try await moveSlot(in: cluster, random)
        case (.primaryKill, .cluster(let cluster)): try await killPrimary(in: cluster)
        default: break
        }
    }

    /// Kills Redis and starts it on what it left.
    private func kill(_ redis: PrivateRedis) async throws {
        log.append(.redisKill)
        redis.kill()
        try await restart(redis)
        log.append(.redisUp)
    }

    /// On a machine that is overloaded a server may not have read its file within the time that a start has.
    func restart(_ redis: PrivateRedis) async throws {
        var attempts = 0
        while true {
            do {
                try await redis.restart()
                return
            } catch {
                attempts += 1
                if attempts == 5 { throw error }
            }
        }
    }

    /// Stops the process: connections stay, and nothing answers.
    private func pause(_ redis: PrivateRedis, for time: Duration) async {
        log.append(.outage, "pause")
        redis.suspend()
        try? await Task.sleep(for: time)
        redis.resume()
        log.append(.outageEnd, "pause")
    }

    /// Takes the socket away and cuts every connection: Redis and its clock go on, and nobody reaches it.
    private func cut(_ redis: PrivateRedis, for time: Duration) async throws {
        let away = redis.socketPath + ".away"
        // Without the socket no connection can be made, over which the others are to be cut.
        _ = try? await command("PING")
        log.append(.outage, "cut")
        try FileManager.default.moveItem(atPath: redis.socketPath, toPath: away)
        for type in ["normal", "pubsub"] { _ = try? await command("CLIENT", "KILL", "TYPE", type) }
        try? await Task.sleep(for: time)
        try FileManager.default.moveItem(atPath: away, toPath: redis.socketPath)
        log.append(.outageEnd, "cut")
    }

    /// Sets the clock of Redis on or back, at once or little by little.
    private func jump(_ random: SplitMix64) async {
        let sizes: [Duration] = [.seconds(1), .seconds(60), .seconds(3600), .seconds(86_400)]
        var shift = sizes[Int(random.next() % 4)] * (random.next() % 2 == 0 ? 1 : -1)
        if random.next() % 4 == 0 {
            // A drift of a twentieth, for two seconds.
            for step in 1...40 {
                shiftClock(.microseconds(2500 * step))
                try? await Task.sleep(for: .milliseconds(50))
            }
            shift = .milliseconds(100)
        }
        shiftClock(shift)
        try? await Task.sleep(for: .seconds(1) + random.duration(upTo: .seconds(2)))
        // Back, which is a jump as well.
        shiftClock(.zero)
    }

    /// Lets more time pass, where the clock was shifted, than it ever was ahead.
    func endShifts() {
        if clock != nil { shiftClock(.seconds(2 * 86_400)) }
    }

    private func shiftClock(_ shift: Duration) {
        log.append(.clock, "\(Int(shift / .milliseconds(1)))")
        clock?.shift(by: shift)
    }
}
