// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

/// A process that enqueues jobs and looks after queues.
final class SimulatedProducer: @unchecked Sendable {
    /// An enqueue, and what its caller was told.
    struct Call {
        let serial: Int
        let id: JobID
        let queue: String
        var outcome: EnqueueBatcher.Outcome?
    }

    let process: SimulatedProcess
    private let world: World
    private let core: ClientCore
    private var batchers: [String: EnqueueBatcher] = [:]
    private var lanes: [String: Lane] = [:]
    /// Every enqueue that was ever made here, by its number.
    private(set) var calls: [Int: Call] = [:]

    init(_ world: World) {
        self.world = world
        process = SimulatedProcess(world, name: "p\(world.serial())")
        core = process.makeCore()
    }

    /// How long a call is repeated.
    private var limit: Duration { world.lease * 4 }

    /// Enqueues jobs, alone or together.
    func enqueue(_ contents: [NewJob.Content], ids: [JobID?], queue: String) {
        var jobs: [NewJob] = []
        var serials: [Int] = []
        for (var content, id) in zip(contents, ids) {
            let serial = world.serial()
            content.tags["call"] = "\(serial)"
            let id = id ?? JobID.make(queue: queue, milliseconds: core.wallClock(), random: process.random.next())
            guard let job = NewJob(id: id, content) else { continue }
            calls[serial] = Call(serial: serial, id: id, queue: queue)
            serials.append(serial)
            jobs.append(job)
        }
        let batcher = batcher(queue)
        if jobs.count == 1 {
            let serial = serials[0]
            batcher.submit(jobs[0]) { [self] in told(serial, $0) }
        } else {
            batcher.submit(contentsOf: jobs.map { ($0, .local) }) { [self, serials] in told(serials[$0], $1) }
        }
    }

    private func batcher(_ queue: String) -> EnqueueBatcher {
        if let batcher = batchers[queue] { return batcher }
        let batcher = EnqueueBatcher(core: core, queue: queue, lanes: 2, limit: limit)
        batchers[queue] = batcher
        return batcher
    }

    private func told(_ serial: Int, _ outcome: EnqueueBatcher.Outcome) {
        if calls[serial]?.outcome != nil { world.report("the call \(serial) was answered twice") }
        calls[serial]?.outcome = outcome
        check(serial)
    }

    /// What the caller was told must be what Redis did: an acknowledgement is true, a refusal did nothing, and nothing is
    /// ever done twice.
    func check(_ serial: Int) {
        guard let call = calls[serial] else { return }
        let done = world.model.enqueued[serial] ?? []
        if done.count > 1 { world.report("the enqueue \(serial) of \(call.id) was carried out \(done.count) times") }
        switch call.outcome {
        case .success(let receipt):
            let codes: [EnqueueReceipt.Outcome: UInt8] = [
                .enqueued: UInt8(ascii: "n"), .existing: UInt8(ascii: "e"), .replaced: UInt8(ascii: "p"),
                .rejected: UInt8(ascii: "r"),
            ]
            guard let done = done.first else { return world.report("\(call.id) was acknowledged and is not there") }
            if codes[receipt.outcome] != done.code || receipt.id.description != done.holder {
                world.report("the receipt of \(call.id) says \(receipt.outcome) and \(receipt.id)")
            }
        case .failure(let error) where error.code != .outcomeUnknown:
            if !done.isEmpty { world.report("\(call.id) was refused (\(error.code)) and is there") }
        case .failure, nil: break
        }
    }

    /// Makes a call that must not be carried out twice.
    func callInLane(_ queue: String, _ make: @escaping Lane.Make) {
        let lane = lanes[queue] ?? Lane(core: core, keys: core.keys(queue: queue), policy: .producer(limit: limit))
        lanes[queue] = lane
        lane.call(make) { _ in }
    }

    /// Makes a call that may be carried out twice; sometimes it is.
    func call(_ call: ScriptCall) {
        core.run(call) { [self] result in
            if case .failure(.outcomeUnknown) = result { core.run(call) { _ in } }
        }
    }

    func keys(_ queue: String) -> QueueKeys { core.keys(queue: queue) }
}
