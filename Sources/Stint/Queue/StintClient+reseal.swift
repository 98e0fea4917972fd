// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A payload is sealed for one job. A job that replaces the data of another keeps that one's id, which only the script
/// knows: where the payload was sealed for a different one it does nothing and names it, and the payload is sealed anew.
extension StintClient {
    /// How often; each further time means that the key's holder has changed within the round trip of a call.
    private static let mostTimes = 16

    /// Enqueues a job whose payload was sealed for another than the one that is to carry it.
    func sealAgain(
        _ content: NewJob.Content, id: JobID, _ refusal: EnqueueReceipt, _ durability: Durability,
        _ batcher: EnqueueBatcher
    ) async throws(StintError) -> EnqueueReceipt {
        var receipt = refusal
        for _ in 0..<Self.mostTimes where receipt.isSealedForAnother {
            let job = try makeJob(content, id: id, queue: receipt.queue, sealedFor: receipt.id)
            receipt = try await Self.submit(job, durability, to: batcher)
        }
        guard !receipt.isSealedForAnother else { throw .holderKeepsChanging }
        return receipt
    }

    /// The same for many, in `groups`, with their contents in the order of `receipts`.
    func sealAgain(
        _ receipts: inout [EnqueueReceipt], _ groups: Groups, _ contents: [NewJob.Content]
    ) async throws(StintError) {
        for time in 0...Self.mostTimes {
            var again: Groups = [:]
            var places: [Int] = []
            for (queue, group) in groups {
                for (place, (job, durability)) in zip(group.places, group.jobs) where receipts[place].isSealedForAnother
                {
                    let job = try makeJob(contents[place], id: job.id, queue: queue, sealedFor: receipts[place].id)
                    again[queue, default: ([], [])].places.append(places.count)
                    again[queue, default: ([], [])].jobs.append((job, durability))
                    places.append(place)
                }
            }
            if places.isEmpty { return }
            guard time < Self.mostTimes else { throw .holderKeepsChanging }
            for (place, receipt) in zip(places, try await submit(again, count: places.count)) {
                receipts[place] = receipt
            }
        }
    }
}

extension StintError {
    fileprivate static var holderKeepsChanging: Self {
        .init(
            .refusedByState,
            "The unique key was given to another job each time the payload had been sealed for its holder; the job "
                + "was not enqueued. Enqueue it again, or let fewer callers replace under one key.")
    }
}
