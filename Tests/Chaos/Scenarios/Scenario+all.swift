// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Scenario {
    /// The scenarios by name, each for a minute (the mixed one for ten).
    static let all: [Scenario] = [
        mixed, kills, pauses, redisKills, redisKillsAlways, slowDisk, outages, sentinel, cluster, clusterLosses, clock,
        poison, memory, upgrade, soak,
    ]

    static let mixed = Scenario(
        name: "mixed", about: "Kills and pauses of workers, kills and outages of Redis, all at once.", seconds: 600,
        faults: [.workerKill: 560, .workerPause: 60, .redisKill: 24, .redisPause: 6, .redisCut: 6])

    static let kills = Scenario(
        name: "kills", about: "Workers are killed with SIGKILL (T5).", seconds: 60, faults: [.workerKill: 60],
        rate: 400)

    static let pauses = Scenario(
        name: "pauses", about: "Workers are stopped for longer than their lease (T6).", seconds: 60,
        faults: [.workerPause: 24])

    static let redisKills = Scenario(
        name: "redis-kills", about: "Redis is killed with SIGKILL, appendfsync everysec (T7).", seconds: 60,
        faults: [.redisKill: 15])

    static let redisKillsAlways: Scenario = {
        var scenario = redisKills
        scenario.name = "redis-kills-always"
        scenario.about = "Redis is killed with SIGKILL, appendfsync always (T7)."
        scenario.fsync = "always"
        return scenario
    }()

    static let slowDisk: Scenario = {
        var scenario = redisKills
        scenario.name = "slow-disk"
        scenario.about = "Redis is killed while its disk takes 1.5 s for an fsync, appendfsync everysec."
        scenario.slowFsync = 1500
        return scenario
    }()

    static let outages = Scenario(
        name: "outages", about: "Redis stands still or is cut off for longer than a lease (T8).", seconds: 60,
        faults: [.redisPause: 3, .redisCut: 3])

    static let sentinel = Scenario(
        name: "sentinel", about: "A primary is killed, stopped, or cut off from its replicas and sentinels (T10).",
        seconds: 180, faults: [.primaryKill: 2, .primaryPause: 2, .primaryPartition: 2], rate: 120, site: .sentinel)

    static let cluster = Scenario(
        name: "cluster", about: "The slots of busy queues are moved to and fro (T11).", seconds: 60,
        faults: [.slotMove: 30], rate: 120, site: .cluster)

    static let clusterLosses = Scenario(
        name: "cluster-losses", about: "Primaries of a cluster are killed, and slots moved meanwhile (T11).",
        seconds: 60,
        faults: [.primaryKill: 4, .slotMove: 4], rate: 120, site: .cluster)

    static let clock = Scenario(
        name: "clock", about: "The clock of Redis jumps by a second to a day and drifts (T9).", seconds: 60,
        faults: [.clockJump: 16], repeatsCalls: false)

    static let poison = Scenario(
        name: "poison", about: "Some jobs end their worker each time (T14).", seconds: 60, rate: 120, depth: 100,
        mix: .poison, crashBudget: 3)

    static let memory = Scenario(
        name: "memory", about: "Redis reaches its maxmemory under load (T15).", seconds: 60, workers: 2, slots: 8,
        rate: 400, depth: 1_000_000, mix: .large, redisOptions: ["maxmemory 12mb"])

    static let upgrade = Scenario(
        name: "upgrade", about: "Workers of two sets of scripts share the queues, under kills (T20).", seconds: 60,
        faults: [.workerKill: 15], mixesScripts: true, act: .offerNewerSchema)

    static let soak = Scenario(
        name: "soak", about: "Everything of the mixed run, seldom, while memory is watched (T19).", seconds: 60,
        faults: [.workerKill: 10, .workerPause: 2, .redisKill: 1, .redisPause: 1], sparedWorkers: 2, rate: 120,
        waitsForKept: true)

    /// The run that continuous integration makes of each: enough to see each fault a few times.
    static var short: [Scenario] {
        let shares: [(Scenario, Double)] = [
            (mixed, 1.0 / 20), (kills, 1.0 / 4), (pauses, 1.0 / 4), (redisKills, 1.0 / 3), (redisKillsAlways, 1.0 / 6),
            (outages, 1.0 / 3), (clock, 1.0 / 3), (poison, 1.0 / 3), (memory, 1.0 / 4), (upgrade, 1.0 / 5),
            (soak, 1.0 / 4), (sentinel, 1.0 / 6), (cluster, 1.0 / 4), (clusterLosses, 1.0 / 4),
        ]
        return shares.map { $0.scaled(by: $1) }
    }
}
