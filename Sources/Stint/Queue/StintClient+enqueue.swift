// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StintRedis

extension StintClient {
    /// Enqueues a job: exactly once per call that returns, whatever happens to the connection meanwhile.
    ///
    /// Calls that are made at the same time share one call to Redis. Cancelling the task does not take the job back.
    ///
    /// - Parameters:
    ///   - job: The job; encoded as JSON.
    ///   - options: What differs from the job type's ``Job/defaults``.
    /// - Returns: The job's id, and whether it is new or was there already.
    /// - Throws: ``StintError``: `duplicateJob` or `queueFull` if Redis refused it; `outcomeUnknown` if no answer came
    ///   in time, in which case the job may or may not be there (give it an `id` or `unique` key to try again safely).
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J, options: JobOptions = JobOptions()
    ) async throws(StintError) -> EnqueueReceipt {
        let raw = try Self.raw(job, options)
        return try await enqueue(name: raw.name, payload: raw.payload, options: raw.options)
    }

    /// Enqueues many jobs of one type, in bounded calls of at most 200.
    ///
    /// Jobs that Redis refuses (a taken unique key, a full queue) are told by their receipts and keep no other job
    /// from being accepted. Each call's jobs become ready in their order; two calls are under way at a time, so one
    /// may overtake the other.
    ///
    /// - Returns: A receipt for each job, in their order.
    /// - Throws: ``StintError`` of the first job without an answer; others may have been accepted.
    @discardableResult
    public func enqueue<J: Job>(
        contentsOf jobs: [J], options: JobOptions = JobOptions()
    ) async throws(StintError) -> [EnqueueReceipt] {
        var raws: [RawJob] = []
        raws.reserveCapacity(jobs.count)
        for job in jobs { raws.append(try Self.raw(job, options)) }
        return try await enqueue(contentsOf: raws)
    }

    /// Enqueues a job by name, with its payload as bytes; see ``enqueue(_:options:)``.
    @discardableResult
    public func enqueue(
        name: String, payload: [UInt8], options: JobOptions = JobOptions()
    ) async throws(StintError) -> EnqueueReceipt {
        var (queue, content) = try validation.check(name: name, payload: payload, options: options)
        let span = PublishSpan(name: name, queue: queue)
        do {
            content.traceContext = span.carrier
            let job = try makeJob(content, id: options.id, queue: queue)
            try await prepare(queue: queue, as: .producer)
            try await prepare(options.durability)
            let batcher = try batcher(queue)
            let durability = options.durability ?? .local
            var receipt = try await Self.submit(job, durability, to: batcher)
            if receipt.isSealedForAnother {
                receipt = try await sealAgain(content, id: job.id, receipt, durability, batcher)
            }
            if receipt.isNew { meters.enqueued(queue: queue, name: name) }
            try Self.check(receipt, options)
            span.end(nil)
            return receipt
        } catch {
            span.end(error)
            throw error
        }
    }

    /// Enqueues many jobs by name, for one or several queues; see ``enqueue(contentsOf:options:)-(_,_)``.
    @discardableResult
    public func enqueue(contentsOf jobs: [RawJob]) async throws(StintError) -> [EnqueueReceipt] {
        var checked: [(queue: String, content: NewJob.Content)] = []
        checked.reserveCapacity(jobs.count)
        for job in jobs {
            checked.append(try validation.check(name: job.name, payload: job.payload, options: job.options))
        }
        guard let first = jobs.first else { return [] }
        let isUniform = jobs.allSatisfy { $0.name == first.name }
        let span = PublishSpan(name: isUniform ? first.name : nil, queue: checked[0].queue)
        do {
            for place in checked.indices { checked[place].content.traceContext = span.carrier }
            var (receipts, groups) = try await submit(checked, jobs)
            if core.sealer != nil {
                try await sealAgain(&receipts, groups, checked.map(\.content))
            }
            count(receipts, jobs)
            span.end(nil)
            return receipts
        } catch {
            span.end(error)
            throw error
        }
    }

    /// By queue: the jobs and their places in what the caller gave.
    typealias Groups = [String: (places: [Int], jobs: [(NewJob, Durability)])]

    /// Counts what is new, those that follow each other with the same queue and name at once.
    private func count(_ receipts: [EnqueueReceipt], _ jobs: [RawJob]) {
        var last: (queue: String, name: String, count: Int)?
        for (receipt, job) in zip(receipts, jobs) where receipt.isNew {
            if let run = last, run.queue == receipt.queue, run.name == job.name {
                last?.count += 1
            } else {
                if let run = last { meters.enqueued(queue: run.queue, name: run.name, count: run.count) }
                last = (receipt.queue, job.name, 1)
            }
        }
        if let run = last { meters.enqueued(queue: run.queue, name: run.name, count: run.count) }
    }

    static func submit(
        _ job: NewJob, _ durability: Durability, to batcher: EnqueueBatcher
    ) async throws(StintError) -> EnqueueReceipt {
        let result = await withCheckedContinuation { continuation in
            batcher.submit(job, durability) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Makes the entries of the jobs and submits them, a call's at a time, so that Redis works while the others are made.
    ///
    /// Returns the entries as well where they may have to be sealed again.
    private func submit(
        _ checked: [(queue: String, content: NewJob.Content)], _ jobs: [RawJob]
    ) async throws(StintError) -> ([EnqueueReceipt], Groups) {
        var batchers: [String: EnqueueBatcher] = [:]
        var queue: String?
        for entry in checked where entry.queue != queue {
            queue = entry.queue
            guard batchers[entry.queue] == nil else { continue }
            try await prepare(queue: entry.queue, as: .producer)
            batchers[entry.queue] = try batcher(entry.queue)
        }
        for durability in Set(jobs.lazy.compactMap(\.options.durability)) { try await prepare(durability) }
        var all: Groups = [:]
        for batcher in batchers.values { batcher.beginParts() }
        let outcomes = await withCheckedContinuation { continuation in
            let collector = Collector<EnqueueBatcher.Outcome>(count: jobs.count) { continuation.resume(returning: $0) }
            var open: Groups = [:]
            func submit(_ group: Groups.Value, _ queue: String) {
                let places = group.places
                batchers[queue]?.submit(contentsOf: group.jobs) { collector.set(places[$0], $1) }
                guard core.sealer != nil else { return }
                all[queue, default: ([], [])].places += group.places
                all[queue, default: ([], [])].jobs += group.jobs
            }
            var next = 0
            while next < checked.count {
                // Jobs of one queue mostly follow each other.
                let queue = checked[next].queue
                var group = open.removeValue(forKey: queue) ?? ([], [])
                while next < checked.count, checked[next].queue == queue {
                    let options = jobs[next].options
                    do throws(StintError) {
                        let job = try makeJob(checked[next].content, id: options.id, queue: queue)
                        group.places.append(next)
                        group.jobs.append((job, options.durability ?? .local))
                    } catch {
                        collector.set(next, .failure(error))
                    }
                    next += 1
                    if group.jobs.count == BatchQueue<NewJob>.sliceLimit {
                        submit(group, queue)
                        group = ([], [])
                    }
                }
                if !group.jobs.isEmpty { open[queue] = group }
            }
            for (queue, group) in open { submit(group, queue) }
            for batcher in batchers.values { batcher.endParts() }
        }
        return (try Self.receipts(outcomes), all)
    }

    private static func receipts(_ outcomes: [EnqueueBatcher.Outcome]) throws(StintError) -> [EnqueueReceipt] {
        var receipts: [EnqueueReceipt] = []
        receipts.reserveCapacity(outcomes.count)
        for outcome in outcomes { receipts.append(try outcome.get()) }
        return receipts
    }

    func submit(
        _ groups: Groups, count: Int
    ) async throws(StintError) -> [EnqueueReceipt] {
        var batchers: [(EnqueueBatcher, [Int], [(NewJob, Durability)])] = []
        for (queue, group) in groups {
            try await prepare(queue: queue, as: .producer)
            batchers.append((try batcher(queue), group.places, group.jobs))
        }
        let outcomes = await withCheckedContinuation { continuation in
            let collector = Collector<EnqueueBatcher.Outcome>(count: count) { continuation.resume(returning: $0) }
            for (batcher, places, jobs) in batchers {
                batcher.submit(contentsOf: jobs) { collector.set(places[$0], $1) }
            }
        }
        return try Self.receipts(outcomes)
    }

    /// Makes the entry of a job, its payload sealed for the job that will carry it.
    func makeJob(
        _ content: NewJob.Content, id: JobID?, queue: String, sealedFor carrier: JobID? = nil
    ) throws(StintError) -> NewJob {
        let id = id ?? JobID.make(queue: queue, milliseconds: core.wallClock(), random: core.random.next())
        var made: NewJob?
        if let sealer = core.sealer {
            let limit = settings.maxPayloadBytes
            made = NewJob(id: id, try sealer.seal(content, for: carrier ?? id, queue: queue, limit: limit))
        } else {
            made = NewJob(id: id, content)
        }
        guard let job = made else {
            throw StintError(.invalidInput, "The job's options need more than 64 KiB.")
        }
        return job
    }

    private static func check(_ receipt: EnqueueReceipt, _ options: JobOptions) throws(StintError) {
        switch receipt.outcome {
        case .enqueued, .existing, .replaced: return
        case .rejected:
            let key = options.unique?.key ?? ""
            throw StintError(.duplicateJob, "The unique key '\(key)' is held by job \(receipt.id).")
        case .queueFull:
            throw StintError(.queueFull, "The queue '\(receipt.queue)' has reached its depth limit.")
        }
    }

    private static func raw<J: Job>(_ job: J, _ options: JobOptions) throws(StintError) -> RawJob {
        do {
            let payload = [UInt8](try JSONEncoder().encode(job))
            return RawJob(name: J.name, payload: payload, options: options.filled(from: J.defaults))
        } catch {
            throw StintError(.invalidInput, "The job cannot be encoded as JSON: \(error)", underlying: error)
        }
    }
}
