// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting

/// Makes random calls on few ids, keys and milliseconds, so that everything meets everything, and compares what Redis
/// answers and holds with the model after each.
struct ModelRun {
    let bench: ScriptBench
    let clock: ServerClock
    let random: SplitMix64
    var model = QueueModel()
    /// The last leases that were given, also those that are long gone.
    var leases: [(id: String, lease: String)] = []
    var calls: [String: LaneCall] = [:]
    /// Steps that are to come next, in order.
    var planned: [(advance: Int64, step: Step)] = []
    var keys: QueueKeys { bench.keys }

    /// A call of a lane, to be repeated.
    struct LaneCall {
        let number: Int
        let call: ScriptCall
        let model: LaneBody
    }
    typealias LaneBody = (inout QueueModel) -> (reply: ModelReply, note: String)

    enum Step: CaseIterable {
        case enqueue, advance, fail, release, renew, progress, log, sweep, trim, cancel, promote, retryDead, remove,
            purge
        case pause, resume, configure, await, openLane, repetition, wrongNumber, beat, leave, takeWake, newerSchema
        case outlive
    }

    init(bench: ScriptBench, clock: ServerClock, seed: UInt64) {
        self.bench = bench
        self.clock = clock
        random = SplitMix64(seed: seed)
        model.microseconds = 1_700_000_000_000_000
        // The bench opened its lane.
        _ = model.openLane(ScriptBench.laneName)
    }

    // MARK: Choosing

    func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    func pick<Element>(_ elements: [Element]) -> Element { elements[number(elements.count)] }
    func id() -> String { "id\(number(9))" }
    func ids() -> [String] { (0...number(3)).map { _ in id() } }
    func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
    func node() -> String { pick(["node01", "node02"]) }
    static let lease: Int64 = 10_000

    /// A lease, mostly one of the last that were given.
    func held() -> (id: String, lease: String) {
        let running = model.jobs(.running).map { ($0.id, $0.lease) }.sorted { $0.0 < $1.0 }
        if !running.isEmpty, number(4) > 0 { return pick(running) }
        return leases.isEmpty ? ("id0", "id0:17:node01") : pick(leases)
    }

    func job() -> TestJob {
        TestJob(id()) {
            $0.priority = pick(JobPriority.allCases)
            $0.due = .after(pick([0, 0, 0, 1, 2, 5_000, 60_000]))
            if number(12) == 0 { $0.due = .at(model.now + pick([-5, 0, 3_000])) }
            if number(2) == 0 { $0.unique = .key("key\(number(3))", onConflict: pick([.reject, .existing, .replace])) }
            $0.windowMilliseconds = pick([0, 0, 0, 1, 60_000])
            $0.keepMilliseconds = pick([0, 0, 0, 1, 60_000])
            $0.expiresAfterMilliseconds = pick([0, 0, 0, 1, 3_000])
            $0.timeoutMilliseconds = pick([0, 0, 7])
            $0.isAwaited = number(6) == 0
            $0.retry = pick([.standard, .never, .exponential(attempts: 3), .fixed(.seconds(1), attempts: nil)])
            if number(3) == 0 { $0.payload = .init(repeating: 1, count: 513 + number(100)) }
            if number(4) == 0 { $0.tags = ["team": "a"] }
        }
    }

    /// The time that passes before a step; now and then the clock is set back, or nothing ran for long.
    private mutating func step(by plannedAdvance: Int64?) throws {
        let microseconds: Int64 =
            switch number(100) {
            case _ where plannedAdvance != nil: (plannedAdvance ?? 0) * 1_000
            case 0..<40: Int64(number(3_000))
            case 40..<80: Int64(number(1_000)) * 1_000
            case 80..<92: Int64(number(3_400)) * 1_000
            case 92..<96: Int64(number(20_000)) * 1_000
            case 96: 70_000_000
            case 97: -Int64(number(5_000)) * 1_000
            case 98: pick([-60_000_000, 601_000_000])
            default: pick([90_000_000_000, -86_400_000_000, 0, 0])
            }
        model.microseconds += microseconds
        clock.microseconds = model.microseconds
    }

    // MARK: Stepping

    /// Makes one call and returns what it was, with everything that is not as the model has it.
    mutating func step() async throws -> (call: String, problems: [String]) {
        let next = planned.isEmpty ? nil : planned.removeFirst()
        try step(by: next?.advance)
        let step = next?.step ?? Self.weighted[number(Self.weighted.count)]
        let (call, reply, actual) = try await perform(step)
        let snapshot = try await RedisSnapshot.take(from: bench.transport)
        var problems = model.differences(keys, snapshot) + QueueAudit(keys, in: snapshot).problems
        if number(7) == 0 { problems += try await liveProblems() }
        if let reply, !reply.matches(actual) {
            problems.insert("\(call) is to answer \(reply) and answers \(actual.line)", at: 0)
        }
        return ("\(call) at \(model.microseconds): \(actual.line)", problems)
    }

    /// What the audit of a queue in use finds, apart from what comes of a clock that was set.
    private func liveProblems() async throws -> [String] {
        let ofClocks: Set<AuditFinding.Kind> = [.future, .ahead, .overdue, .hold, .look]
        return try await bench.audit().filter { !ofClocks.contains($0.kind) }.map { "the live audit says: \($0)" }
    }

    private static let weighted: [Step] = Step.allCases.flatMap { step in
        let weight =
            switch step {
            case .enqueue, .advance: 12
            case .sweep: 8
            case .fail, .release, .cancel, .repetition: 4
            case .outlive, .retryDead, .trim, .renew, .progress: 3
            case .promote, .remove, .purge, .log, .await, .resume: 2
            default: 1
            }
        return Array(repeating: step, count: weight)
    }
}
