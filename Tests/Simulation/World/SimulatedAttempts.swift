// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

/// Handlers that take a random time and end in a random way; some ignore their cancellation.
final class SimulatedAttempts: WorkerEngine.Attempts, @unchecked Sendable {
    struct Attempt {
        let control: AttemptControl
        let startedAt: Duration
        let obeys: Bool
        var isCancelled = false

        var job: ClaimedJob { control.job }
    }

    private(set) var running: [WorkerMachine.Token: Attempt] = [:]
    weak var worker: SimulatedWorker?
    /// When it began to claim again.
    var resumedAt: Duration
    /// Since when there has been a free slot; nil while there is none.
    private(set) var freeSince: Duration?
    private let world: World
    private let process: SimulatedProcess
    private let slots: Int
    private let dice: Dice

    init(_ world: World, _ process: SimulatedProcess, slots: Int) {
        self.world = world
        self.process = process
        self.slots = slots
        dice = Dice(seed: world.dice.source.next())
        resumedAt = world.now
        freeSince = world.now
    }

    func start(_ attempts: [AttemptControl], on engine: WorkerEngine) {
        for attempt in attempts { start(attempt, on: engine) }
    }

    private func start(_ control: AttemptControl, on engine: WorkerEngine) {
        let (token, job) = (control.token, control.job)
        world.note("\(process.name): starts \(job.member), attempt \(job.record.attempt)")
        checkStart(job)
        running[token] = Attempt(control: control, startedAt: world.now, obeys: dice.chance(0.8))
        if running.count > slots { world.report("\(process.name) runs \(running.count) jobs in \(slots) slots") }
        if running.count >= slots { freeSince = nil }
        if dice.chance(0.1) { control.setProgress(0.5, note: "half") }
        if dice.chance(0.1) { control.log("a line") }
        let time = duration()
        process.schedule(after: time) { [self, weak engine] in
            guard let engine else { return }
            if dice.chance(0.05) { control.log("the last line") }
            end(token, on: engine, outcome())
        }
    }

    /// A claim is started once, under a lease that nobody else can have been given, by a worker that was not told to end.
    private func checkStart(_ job: ClaimedJob) {
        let queue = worker?.settings.queues[job.queue].name ?? ""
        let key = Model.claimKey(queue, job.member)
        guard var claim = world.model.claims[key] else {
            return world.report("\(process.name) starts \(job.member), which was never claimed")
        }
        claim.starts += 1
        claim.isKnown = true
        world.model.claims[key] = claim
        if claim.starts > 1 { world.report("\(job.member) is started twice") }
        if world.now - claim.at >= world.lease {
            world.report("\(process.name) starts \(job.member), unheard of for \(world.now - claim.at): over a lease")
        }
        if worker?.isEnding == true { world.report("\(process.name) starts \(job.member) and was told to end") }
    }

    func cancel(_ token: WorkerMachine.Token) {
        guard let attempt = running[token] else { return }
        world.note("\(process.name): cancels \(attempt.job.member)")
        running[token]?.isCancelled = true
        guard attempt.obeys || world.isHealed else { return }
        process.schedule(after: dice.time(upTo: .milliseconds(50))) { [self] in
            guard let engine = worker?.engine else { return }
            end(token, on: engine, nil)
        }
    }

    private func duration() -> Duration {
        if world.isHealed { return dice.time(upTo: .milliseconds(20)) }
        switch dice.below(20) {
        case 0..<11: return dice.time(upTo: world.lease / 20)
        case 11..<17: return dice.time(upTo: world.lease / 2)
        case 17..<19: return dice.time(upTo: world.lease * 2)
        default: return dice.time(upTo: world.lease * 6)
        }
    }

    private func outcome() -> JobOutcome {
        if world.isHealed { return .completed }
        switch dice.below(100) {
        case 0..<64: return .completed
        case 64..<70: return .completed(result: [UInt8](repeating: 7, count: dice.chance(0.3) ? 700 : 20))
        case 70..<84: return .retry(after: nil, reason: "failed")
        case 84..<88: return .retry(after: dice.time(upTo: world.lease), reason: "later")
        case 88..<92: return .dead(reason: "never")
        case 92..<97: return .snooze(dice.time(upTo: world.lease))
        default: return .crashed(reason: "signal 11")
        }
    }

    /// Ends an attempt as the real one does: a success counts, otherwise the reason of a cancellation comes first.
    private func end(_ token: WorkerMachine.Token, on engine: WorkerEngine, _ outcome: JobOutcome?) {
        guard let attempt = running.removeValue(forKey: token) else { return }
        if freeSince == nil { freeSince = world.now }
        let verdict = AttemptVerdict(job: attempt.job, ran: world.now - attempt.startedAt, random: process.random)
        let end: AttemptEnd
        if case .completed? = outcome {
            end = verdict.ended(outcome ?? .completed)
        } else {
            end =
                engine.cancelledEnd(of: token, verdict)
                ?? verdict.ended(outcome ?? .retry(after: nil, reason: "cancelled"))
        }
        world.note("\(process.name): ends \(attempt.job.member) with \(Self.text(end))")
        engine.ended(attempt.control, end)
    }

    private static func text(_ end: AttemptEnd) -> String {
        switch end {
        case .finish(let result): "a result of \(result.count) bytes"
        case .fail(let failure): "the failure '\(failure.text)'"
        case .handBack(let delay): delay.map { "a snooze of \($0)" } ?? "a hand-back"
        }
    }
}
