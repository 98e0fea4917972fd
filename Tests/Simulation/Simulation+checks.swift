// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting

/// What must hold of the workers as seen from outside, whatever the scripts say.
extension Simulation {
    /// The time that a live worker has for what its next look tells it to do: two looks, and the longest back-off that a
    /// lane may still be in after its last failure.
    private func bound(_ worker: SimulatedWorker) -> Duration {
        worker.settings.sweepInterval * 2 + .milliseconds(2200)
    }

    /// After every step.
    func checkStep() {
        for worker in workers where worker.isHealthy(for: bound(worker)) {
            checkIdle(worker)
            checkCancelled(worker)
        }
    }

    /// A job does not wait while a worker of its queue has had a free slot for some looks.
    private func checkIdle(_ worker: SimulatedWorker) {
        let past = world.now - bound(worker)
        guard worker.isClaiming, !worker.hasCaps, let free = worker.attempts.freeSince, free < past,
            worker.attempts.resumedAt < past
        else { return }
        for share in worker.settings.queues {
            guard let queue = world.model.queues[share.name], queue.openSince < past,
                !queue.isPaused(world.redisMilliseconds)
            else { continue }
            let waiting = queue.hasReady ? queue.jobs(.ready).filter { $0.readySince < past }.map(\.id).min() : nil
            if let waiting {
                world.report("\(worker.process.name) has had a free slot for long, and \(waiting) is not started")
            }
        }
    }

    /// A running job is told soon that it is to be cancelled.
    private func checkCancelled(_ worker: SimulatedWorker) {
        let past = world.now - bound(worker)
        for (token, attempt) in worker.attempts.running where !attempt.isCancelled && attempt.startedAt < past {
            let queue = world.model.queues[worker.settings.queues[attempt.job.queue].name]
            guard let job = queue?.running(attempt.job.id.description, attempt.job.member),
                let flagged = job.flaggedAt, job.isToBeCancelled, flagged < past
            else { continue }
            world.report("\(worker.process.name) was not told to cancel \(attempt.job.member) (\(token))")
        }
    }

    /// A worker that lives, and with which nothing went wrong for half a lease, has renewed: nobody takes its jobs.
    func checkReap(_ queue: ModelQueue, _ job: ModelJob) {
        tally.count("reaped")
        guard let worker = workers.first(where: { $0.engine.node == job.node }),
            worker.isHealthy(for: world.lease / 2 + .milliseconds(300)),
            isKnown(job, of: queue, to: worker)
        else { return }
        if let change = lastLeaseChange, world.now - change < world.lease * 2 { return }
        world.report("\(job.member) is taken from \(worker.process.name), which lives and renews")
    }

    /// Whether the worker knows that it holds the job: it has acted on the claim, or nothing that it was told got lost
    /// since.
    private func isKnown(_ job: ModelJob, of queue: ModelQueue, to worker: SimulatedWorker) -> Bool {
        guard let claim = world.model.claims[Model.claimKey(queue.name, job.member)] else { return false }
        return claim.isKnown || claim.at > worker.process.calmSince
    }

    /// A worker that ended in order has handed everything back.
    func checkStopped(_ worker: SimulatedWorker) {
        tally.count("ended in order")
        guard worker.process.calmSince < worker.endingSince else { return }
        for queue in world.model.queues.values {
            let left = queue.jobs.values.filter {
                $0.state == .running && $0.node == worker.engine.node && isKnown($0, of: queue, to: worker)
            }
            if let first = left.map(\.member).min() {
                world.report("\(worker.process.name) has ended and left \(first) behind")
            }
        }
    }

    /// All that Redis holds, against the rules of the data model and against what the model says.
    func checkEverything() {
        world.server.clock.microseconds = world.redisMicroseconds
        for name in Self.queueNames {
            do {
                for problem in try FullCheck.problems(
                    of: name, on: world.server.connection, model: world.model.queues[name] ?? ModelQueue(name: name))
                {
                    world.report("\(name): \(problem)")
                }
            } catch {
                world.report("the simulation cannot go on: \(error)")
            }
        }
        for producer in producers + pastProducers {
            for serial in producer.calls.keys.sorted() { producer.check(serial) }
        }
    }
}
