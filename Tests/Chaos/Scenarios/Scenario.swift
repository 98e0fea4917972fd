// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a run does: how many faults of each kind in how long, to which jobs, under which settings.
struct Scenario: Sendable {
    var name: String
    /// One sentence.
    var about: String
    var seconds: Double
    var faults: [FaultKind: Int] = [:]
    var workers = 8
    var slots = 4
    /// Workers of these that nothing is done to.
    var sparedWorkers = 0
    var producers = 2
    /// Jobs a second, of all producers.
    var rate = 240.0
    /// Producers wait while so many jobs wait in a queue.
    var depth = 300
    var mix = JobMix.mixed
    /// Milliseconds.
    var lease = 2000
    var crashBudget = 255
    var fsync = "everysec"
    var site = Site.Kind.single
    var redisOptions: [String] = []
    /// How much longer each fsync of Redis takes, milliseconds.
    var slowFsync: Int?
    var mixesScripts = false
    var repeatsCalls = true
    /// What is done beside the faults.
    var act = Act.nothing
    /// Whether the end is not before the last record that was kept for a time is gone.
    var waitsForKept = false
    /// Whether the slope of memory is judged: over a short time it shows start-up and nothing else.
    var judgesMemory = false

    enum Act: Sendable { case nothing, offerNewerSchema }

    /// Whether it needs rules for packets, and so a network of its own.
    var needsOwnNetwork: Bool { faults[.primaryPartition] != nil }

    var shiftsClock: Bool { faults[.clockJump] != nil }

    /// The same with other numbers: `scale` times the faults and the time.
    func scaled(by scale: Double) -> Scenario {
        var scenario = self
        scenario.seconds *= scale
        scenario.faults = faults.mapValues { max(1, Int((Double($0) * scale).rounded(.up))) }
        return scenario
    }
}

/// What can be done to the processes.
enum FaultKind: String, CaseIterable, Sendable {
    case workerKill = "worker kills"
    case workerPause = "worker pauses"
    case redisKill = "Redis kills"
    case redisPause = "Redis pauses"
    case redisCut = "Redis cut off"
    case clockJump = "clock jumps"
    case primaryKill = "kills of a primary"
    case primaryPause = "pauses of a primary"
    case primaryPartition = "partitions of a primary"
    case slotMove = "moves of a slot"
}
