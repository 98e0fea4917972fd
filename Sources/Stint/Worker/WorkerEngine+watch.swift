// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis

/// Which of a worker's loops turn.
extension WorkerEngine {
    /// Watches every loop from now on.
    static func makeWatch(_ settings: WorkerSettings, commandTimeout: Duration) -> LoopWatch {
        var watch = LoopWatch()
        watch.add(.wakeUp, bound: WorkerMachine.longestWait)
        watch.add(.renewal, bound: settings.lease / 3)
        watch.add(.heartbeat, bound: Heartbeat.interval)
        for queue in settings.queues.indices {
            watch.add(.claim(queue), bound: commandTimeout)
            // A lost reply now and then is no standstill.
            watch.add(.sweep(queue), bound: max(settings.sweepInterval, .seconds(2)))
        }
        return watch
    }

    /// The loops that do not turn, at most twenty of them.
    package func stuckLoops() -> [StuckLoop] {
        stuck(now: core.reactor.now).prefix(20).map { stuck in
            StuckLoop(
                loop: stuck.loop.name, queue: stuck.loop.queue.map { calls[$0].name },
                seconds: Double(stuck.time.milliseconds) / 1000, reason: stuck.reason.map { String($0.prefix(200)) })
        }
    }

    /// A round was answered.
    func turned(_ loop: LoopWatch.Loop) {
        let now = core.reactor.now
        watching { $0.turned(loop, now: now) }
    }

    /// A round failed; logged as well, but not each time.
    func failed(_ loop: LoopWatch.Loop, _ error: StintError) {
        // A wait that the end of the worker or of its client cut short is no trouble.
        guard error.code != .closed, !isStopped else { return }
        watching { $0.failed(loop, error.message) }
        core.alarms.log(
            .warning, "A loop of the worker gets no answer", key: "\(node) \(loop)",
            [
                "stint.loop": "\(loop.name)", "error": "\(error.message)",
                "stint.queue": "\(loop.queue.map { calls[$0].name } ?? "-")",
            ], to: logger)
    }
}
