// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

/// What the worker decides when answers are slow, handlers are deaf, or there is very much of something.
@Suite struct WorkerMachineEdgeTests {
    private static let failure = AttemptEnd.fail(.init(kind: .error, delay: .seconds(1), text: "no"))

    @Test(
        "A renewal that failed is made again in 200 ms, once and for its own queue, unless the regular one comes sooner"
    )
    func renewAgain() {
        var bench = MachineBench(slots: 2, queues: [("a", 1), ("b", 1)])
        bench.perform { $0.begin(now: $1) }
        for queue in [0, 1] { bench.answer(queue, jobs: 1) }
        bench.perform { $0.alarm(.renew, now: $1) }
        #expect(bench.renewedQueues == [0, 1])
        bench.perform { $0.renewed(queue: 0, [0], lost: [], sentAt: $1, now: $1) }
        bench.alarms = []
        bench.perform { $0.renewFailed(queue: 1, [1], now: $1) }
        #expect(bench.alarms.map(\.0) == [.renewAgain])
        #expect(bench.alarms.map(\.1) == [.milliseconds(200)])
        bench.now += .milliseconds(200)
        bench.perform { $0.alarm(.renewAgain, now: $1) }
        #expect(bench.renewedQueues == [0, 1, 1])
        bench.now += .seconds(3)
        bench.perform { $0.renewFailed(queue: 1, [1], now: $1) }
        #expect(bench.alarms.count == 1, "the regular one comes sooner")
    }

    @Test("Renewals that run into their time limit do not grow in number, however long nothing answers")
    func renewalsDuringOutage() {
        var bench = MachineBench(slots: 1)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 1)
        var alarms: [(at: Duration, alarm: WorkerMachine.Alarm)] = []
        var failures: [Duration] = []
        var most = 0
        while bench.now < .seconds(300) {
            alarms += bench.alarms.filter { [.renew, .renewAgain].contains($0.0) }.map { (bench.now + $0.1, $0.0) }
            failures += bench.renewedQueues.dropFirst(failures.count).map { _ in bench.now + .seconds(5) }
            bench.alarms = []
            let inFlight = failures.filter { $0 > bench.now }
            most = max(most, inFlight.count)
            alarms.sort { $0.at < $1.at }
            if let first = inFlight.min(), first <= alarms[0].at {
                bench.now = first
                bench.perform { $0.renewFailed(queue: 0, [0], now: $1) }
            } else {
                let next = alarms.removeFirst()
                bench.now = next.at
                bench.perform { $0.alarm(next.alarm, now: $1) }
            }
        }
        #expect(bench.renewedQueues.count == 90)
        #expect(most == 2)
    }

    @Test("A queue whose renewals fail at once does not make those of others any more frequent")
    func oneQueueFails() {
        var bench = MachineBench(slots: 2, queues: [("a", 1), ("b", 1)])
        bench.perform { $0.begin(now: $1) }
        for queue in [0, 1] { bench.answer(queue, jobs: 1) }
        bench.perform { $0.alarm(.renew, now: $1) }
        bench.perform { $0.renewed(queue: 0, [0], lost: [], sentAt: $1, now: $1) }
        for _ in 0..<10 {
            bench.perform { $0.renewFailed(queue: 1, [1], now: $1) }
            bench.now += .milliseconds(200)
            bench.perform { $0.alarm(.renewAgain, now: $1) }
        }
        #expect(bench.renewedQueues == [0] + Array(repeating: 1, count: 11))
    }

    @Test("A queue is looked at, and its cancellations with it, before a second has passed since the last look")
    func sweepInterval() {
        var bench = MachineBench(slots: 1)
        bench.perform { $0.begin(now: $1) }
        for look in 1...200 {
            bench.perform { $0.swept(queue: 0, .init(), now: $1) }
            let wait = bench.alarms.last { $0.0 == .sweep(queue: 0) }?.1 ?? .zero
            #expect(wait > .milliseconds(900) && wait <= .seconds(1))
            bench.now += wait
            bench.perform { $0.alarm(.sweep(queue: 0), now: $1) }
            #expect(bench.sweeps.count == look + 1)
        }
    }

    @Test("Free slots are shared by weight among the queues that may have jobs")
    func shares() {
        var bench = MachineBench(slots: 40, queues: [("a", 3), ("b", 1), ("c", 4)])
        bench.perform { $0.begin(now: $1) }
        // Whichever is asked first gets its part of all, the next its part of what is left.
        #expect(bench.advances.reduce(0) { $0 + $1.limit } == 40)
        let limits = Dictionary(uniqueKeysWithValues: bench.advances.map { ($0.queue, $0.limit) })
        #expect(limits == [0: 15, 1: 5, 2: 20])
    }

    @Test("A worker that is unsure of its lease cancels its handlers if it was told to, and else goes on")
    func unsure() {
        for cancels in [true, false] {
            var bench = MachineBench(slots: 1) { $0.cancelsWhenUnsure = cancels }
            bench.perform { $0.begin(now: $1) }
            bench.answer(0, jobs: 1)
            bench.now += .seconds(9)
            bench.perform { $0.renewFailed(queue: 0, [0], now: $1) }
            #expect(bench.cancelled == [])
            bench.now += .seconds(1)
            bench.perform { $0.renewFailed(queue: 0, [0], now: $1) }
            #expect(bench.cancelled == (cancels ? [0] : []))
        }
    }

    @Test("A sweep whose answer takes longer than the interval does not end the sweeping")
    func slowSweep() {
        var bench = MachineBench(slots: 1)
        bench.perform { $0.begin(now: $1) }
        bench.now += .milliseconds(1_200)
        bench.perform { $0.alarm(.sweep(queue: 0), now: $1) }
        #expect(bench.sweeps == [0])
        bench.perform { $0.swept(queue: 0, .init(), now: $1) }
        #expect(bench.sweeps == [0, 0])
        #expect(bench.alarms.last?.0 == .sweep(queue: 0))
    }

    @Test("A wake-up that is newer than two claims in flight outlives both answers")
    func wokenDuringTwoCalls() {
        var bench = MachineBench(slots: 8)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 4, hasMore: true)
        bench.end(bench.started)
        #expect(bench.advances.suffix(2).map(\.limit) == [4, 4])
        bench.perform { $0.woke(queue: 0, now: $1) }
        bench.answer(0, jobs: 1, asked: 4)
        #expect(bench.advances.count == 3)
        bench.answer(0, jobs: 0, asked: 4)
        #expect(bench.advances.last == .init(queue: 0, limit: 7, finished: 0))
    }

    @Test("A worker that is to stop when empty waits for a queue that is paused")
    func pausedIsNotEmpty() {
        var bench = MachineBench(slots: 1) { $0.stopsWhenEmpty = true }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 0)
        var swept = WorkerMachine.Swept()
        swept.isPaused = true
        bench.perform { $0.swept(queue: 0, swept, now: $1) }
        #expect(!bench.hasStopped)
        bench.perform { $0.woke(queue: 0, now: $1) }
        bench.answer(0, jobs: 0)
        #expect(!bench.hasStopped)
        bench.perform { $0.swept(queue: 0, .init(), now: $1) }
        #expect(bench.hasStopped)
    }

    @Test("A worker that is to stop when empty stays for a job that failed and will be tried again")
    func retryIsNotEmpty() {
        var bench = MachineBench(slots: 2) { $0.stopsWhenEmpty = true }
        bench.perform { $0.begin(now: $1) }
        bench.perform { $0.swept(queue: 0, .init(), now: $1) }
        bench.answer(0, jobs: 2)
        bench.end([bench.started[0]])
        bench.answer(0, jobs: 0)
        bench.end([bench.started[1]], Self.failure)
        #expect(bench.failures == [1])
        #expect(!bench.hasStopped)
        bench.perform { $0.sideEnded(queue: 0, lost: [], now: $1) }
        #expect(!bench.hasStopped)
        var swept = WorkerMachine.Swept()
        swept.nextDue = .seconds(1)
        bench.perform { $0.swept(queue: 0, swept, now: $1) }
        #expect(!bench.hasStopped)
    }

    @Test("One alarm serves the timeouts of all jobs, and goes off for each in its time")
    func timeouts() {
        var bench = MachineBench(slots: 3)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 2, hasMore: true, timeout: 60_000)
        bench.answer(0, jobs: 1, timeout: 1_000)
        #expect(bench.timeoutAlarms == [.seconds(60), .seconds(1)])
        bench.now = .seconds(1)
        bench.perform { $0.alarm(.timeouts, now: $1) }
        #expect(bench.cancelled == [bench.started[2]])
        #expect(bench.timeoutAlarms == [.seconds(60), .seconds(1), .seconds(59)])
        bench.end([bench.started[0]])
        bench.now = .seconds(60)
        bench.perform { $0.alarm(.timeouts, now: $1) }
        bench.perform { $0.alarm(.timeouts, now: $1) }
        #expect(bench.cancelled == [bench.started[2], bench.started[1]])
        #expect(bench.timeoutAlarms.count == 3)
    }

    @Test("A job that was cancelled and whose handler goes on ends without it after the grace period")
    func deafToCancellation() {
        var bench = MachineBench(slots: 1)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 1)
        var swept = WorkerMachine.Swept()
        swept.cancelling = [JobID(unchecked: "j1"), JobID(unchecked: "other")]
        bench.perform { $0.swept(queue: 0, swept, now: $1) }
        #expect(bench.cancelled == [0])
        #expect(bench.alarms.contains { $0.0 == .overdue(0) && $0.1 == .seconds(5) })
        bench.perform { $0.alarm(.overdue(0), now: $1) }
        #expect(bench.failures == [1])
        #expect(bench.machine.occupancy.running == 1)
        bench.end([0])
        #expect(bench.failures == [1])
        #expect(bench.machine.occupancy.running == 0)
    }

    @Test("The lease of a job whose end was sent and not answered is renewed until it is")
    func renewsWhatIsUnderWay() {
        var bench = MachineBench(slots: 4)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 3)
        bench.end([0])
        bench.end([1], .handBack(delay: .seconds(1)))
        #expect(bench.advances.last?.finished == 1)
        #expect(bench.releases == [1])
        bench.perform { $0.alarm(.renew, now: $1) }
        #expect(bench.renewedMembers == [3])
        bench.answer(0, jobs: 0)
        bench.perform { $0.alarm(.renew, now: $1) }
        #expect(bench.renewedMembers == [3, 2])
        bench.perform { $0.sideEnded(queue: 0, lost: [], now: $1) }
        bench.perform { $0.alarm(.renew, now: $1) }
        #expect(bench.renewedMembers == [3, 2, 1])
    }

    @Test("The lease of a job that waits to be handed back with the others is renewed")
    func renewsWhatWaits() {
        var bench = MachineBench(slots: 2)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 2)
        bench.perform { $0.handBack($1, wait: .seconds(60)) }
        bench.end([0], .handBack(delay: nil))
        #expect(bench.releases.isEmpty)
        bench.perform { $0.alarm(.renew, now: $1) }
        #expect(bench.renewals == [1])
        #expect(bench.renewedMembers == [2])
    }

    @Test("A call finishes at most 100 jobs and claims as many as make 200 with them")
    func boundsCounts() {
        var bench = MachineBench(slots: 500)
        bench.perform { $0.begin(now: $1) }
        for jobs in [200, 200, 100] { bench.answer(0, jobs: jobs, hasMore: true) }
        #expect(bench.advances.map(\.limit) == [200, 200, 100])
        bench.advances = []
        bench.end(Array(bench.started.prefix(300)))
        #expect(bench.advances == [.init(queue: 0, limit: 100, finished: 100)])
    }

    @Test("A call takes at most 64 KiB of failures' texts, and one whatever its length")
    func boundsTexts() {
        var bench = MachineBench(slots: 40)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 40)
        let text = String(repeating: "x", count: 4096)
        bench.end(bench.started, .fail(.init(kind: .error, delay: .zero, text: text)))
        bench.perform { $0.sideEnded(queue: 0, lost: [], now: $1) }
        bench.perform { $0.sideEnded(queue: 0, lost: [], now: $1) }
        #expect(bench.failures == [16, 16, 8])
    }

    @Test("A call takes at most 256 KiB of results, and one whatever its length")
    func boundsResults() {
        var bench = MachineBench(slots: 10)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 10)
        bench.end(bench.started, .finish(result: [UInt8](repeating: 0, count: 64 * 1024)))
        #expect(bench.advances.last?.finished == 4)
    }

    @Test("A queue whose jobs all wait for their cap leaves the slots to the others")
    func fullQueueSharesNothing() {
        var bench = MachineBench(slots: 4, queues: [("a", 9), ("b", 1)]) { $0.handles = { ($0, 1) } }
        bench.perform { $0.begin(now: $1) }
        let asked = bench.advances.map(\.limit)
        bench.answer(0, jobs: 5, hasMore: true, asked: asked[0])
        #expect(bench.machine.occupancy.waiting == 4)
        for limit in asked.dropFirst() { bench.answer(1, jobs: 0, asked: limit) }
        bench.perform { $0.woke(queue: 1, now: $1) }
        #expect(bench.advances.last == .init(queue: 1, limit: 3, finished: 0))
    }
}

extension MachineBench {
    fileprivate var timeoutAlarms: [Duration] { alarms.filter { $0.0 == .timeouts }.map(\.1) }
}
