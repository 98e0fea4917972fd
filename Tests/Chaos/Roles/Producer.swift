// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis
import StintTesting
import Synchronization

/// Makes calls and writes down how each ended, one line a job.
///
/// - `ack|safe ID SERIAL CALLED ANSWERED DELAY`: acknowledged, and confirmed by a replica, with the times around the call
///   and the delay asked for (ms)
/// - `unknown ID|- SERIAL CALLED ANSWERED DELAY`: the caller was told that the outcome is unknown
/// - `refused CODE SERIAL CALLED ANSWERED DELAY`: the caller was told that nothing was done
final class Producer: Sendable {
    private struct State {
        var isStopping = false
        var isFull = true
    }

    private let name: String
    private let patient: StintClient
    private let impatient: StintClient
    private let queues: [String]
    private let shapes: JobShapes
    private let rate: Double
    private let depth: Int
    private let repeats: Bool
    private let log: LineFile
    private let state = Mutex(State())

    private static let callers = 12

    init(
        name: String, patient: StintClient, impatient: StintClient, queues: [String], shapes: JobShapes, rate: Double,
        depth: Int, repeats: Bool, log: LineFile
    ) {
        self.name = name
        self.patient = patient
        self.impatient = impatient
        self.queues = queues
        self.shapes = shapes
        self.rate = rate
        self.depth = depth
        self.repeats = repeats
        self.log = log
    }

    /// Makes no further call.
    func stop() { state.withLock { $0.isStopping = true } }

    /// Returns when every call has been answered after ``stop()``.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchDepth() }
            for _ in 0..<Self.callers { group.addTask { await self.callAgainAndAgain() } }
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func watchDepth() async {
        while !isStopping {
            var isFull = false
            for queue in queues {
                guard let status = try? await patient.inspector.queue(queue) else { continue }
                isFull = isFull || status.ready > depth
            }
            state.withLock { [isFull] in $0.isFull = isFull }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func callAgainAndAgain() async {
        while true {
            let (isStopping, isFull) = state.withLock { ($0.isStopping, $0.isFull) }
            if isStopping { return }
            if !isFull { await call() }
            let pause = shapes.fraction() * 2 * Double(Self.callers) / rate
            try? await Task.sleep(for: .milliseconds(isFull ? 50 : Int(pause * 1000)))
        }
    }

    private func call() async {
        let queue = queues[shapes.below(queues.count)]
        switch shapes.below(20) {
        case 0: await bulk(queue)
        case 1..<7: await single(shapes.next(queue, ownID: true), through: impatient)
        default: await single(shapes.next(queue, ownID: false), through: patient)
        }
    }

    private func single(_ shape: JobShapes.Shape, through client: StintClient) async {
        for round in 0... {
            let called = LineFile.now
            do {
                let receipt = try await client.enqueue(shape.job, options: shape.options)
                log.append("\(receipt.mark) \(receipt.id)\(shape.line(called))")
                return
            } catch  where error.code == .outcomeUnknown {
                // With an id of its own a caller can find out by asking again.
                if repeats, shape.options.id != nil, round < 4 { continue }
                log.append("unknown \(shape.options.id?.description ?? "-")\(shape.line(called))")
                return
            } catch {
                // After an unknown outcome a refusal of the repetition says nothing about the first call.
                let isOpen = round > 0
                let what = isOpen ? "unknown \(shape.options.id?.description ?? "-")" : "refused \(error.code)"
                log.append("\(what)\(shape.line(called))")
                try? await Task.sleep(for: .milliseconds(100))
                return
            }
        }
    }

    private func bulk(_ queue: String) async {
        let shapes = (0..<20).map { _ in self.shapes.next(queue, ownID: false) }
        let called = LineFile.now
        // One set of options holds for a call on a job type; by name each job has its own.
        let jobs = shapes.map { RawJob(name: ChaosJob.name, payload: $0.payload, options: $0.options) }
        do {
            let receipts = try await patient.enqueue(contentsOf: jobs)
            let lines = zip(receipts, shapes).map { receipt, shape in
                (receipt.isNew ? "\(receipt.mark) \(receipt.id)" : "refused \(receipt.outcome)") + shape.line(called)
            }
            log.append(lines.joined(separator: "\n"))
        } catch {
            // All are in one slice, of which nothing more is known.
            let what = error.code == .outcomeUnknown ? "unknown -" : "refused \(error.code)"
            log.append(shapes.map { what + $0.line(called) }.joined(separator: "\n"))
            if error.code != .outcomeUnknown { try? await Task.sleep(for: .milliseconds(100)) }
        }
    }
}

extension EnqueueReceipt {
    /// How it is told in the file.
    fileprivate var mark: String {
        if case .replicated = confirmation { return "safe" }
        return "ack"
    }
}
