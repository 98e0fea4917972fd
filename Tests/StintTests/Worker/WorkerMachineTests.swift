// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

/// The worker's decisions, without network, clock or tasks.
@Suite struct WorkerMachineTests {
    @Test("In a cluster each queue has a wait of its own, which begins again by itself")
    func waitsForEach() {
        var bench = MachineBench(slots: 4, queues: [("a", 1), ("b", 1)]) { $0.waitsForEachQueue = true }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 0)
        bench.answer(1, jobs: 0)
        #expect(bench.listens == [[0], [1]])
        bench.perform { $0.woke(queue: nil, of: [1], now: $1) }
        #expect(bench.listens == [[0], [1], [1]])
        bench.perform { $0.woke(queue: 0, of: [0], now: $1) }
        #expect(bench.advances.last?.queue == 0)
        bench.answer(0, jobs: 1)
        #expect(bench.listens == [[0], [1], [1], [0]])
    }

    @Test("An idle worker asks once for all its slots, sweeps, and waits for a wake-up")
    func begins() {
        var bench = MachineBench(slots: 4)
        bench.perform { $0.begin(now: $1) }
        #expect(bench.advances == [.init(queue: 0, limit: 4, finished: 0)])
        #expect(bench.sweeps == [0])
        #expect(bench.listens.isEmpty)
        bench.answer(0, jobs: 0)
        #expect(bench.listens == [[0]])
        #expect(bench.advances.count == 1)
    }

    @Test("A worker waits for no wake-up while each of its queues has more, and does as soon as one has not")
    func waitsWhenEmpty() {
        var bench = MachineBench(slots: 8)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 4, hasMore: true, asked: 8)
        bench.end(Array(bench.started.prefix(2)))
        #expect(bench.machine.free > 0 || bench.machine.reserved > 0)
        #expect(bench.listens.isEmpty && !bench.machine.isAwaitingJobs)
        bench.answer(0, jobs: 0)
        #expect(bench.listens == [[0]] && bench.machine.isAwaitingJobs)
    }

    @Test("While a claim is in flight, ends gather; they leave together with the next call")
    func gathers() {
        var bench = MachineBench(slots: 8)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 8, hasMore: true)
        let tokens = bench.started
        bench.end([tokens[0]])
        #expect(bench.advances.last == .init(queue: 0, limit: 1, finished: 1))
        bench.end([tokens[1]])
        bench.end([tokens[2]])
        #expect(bench.advances.count == 2)
        // Half of the slots are free: the second lane is used as well.
        bench.end([tokens[3], tokens[4]])
        #expect(bench.advances.last == .init(queue: 0, limit: 4, finished: 4))
        bench.end([tokens[5], tokens[6], tokens[7]])
        #expect(bench.advances.count == 3)
        bench.answer(0, jobs: 1, hasMore: true, asked: 1)
        #expect(bench.advances.count == 3)
        bench.end([bench.started[8]])
        #expect(bench.advances.last == .init(queue: 0, limit: 4, finished: 4))
    }

    @Test("No more is asked for than there are slots, whatever is in flight")
    func reserves() {
        var bench = MachineBench(slots: 10, queues: [("a", 1), ("b", 1)])
        bench.perform { $0.begin(now: $1) }
        #expect(bench.advances.map(\.limit).reduce(0, +) == 10)
        #expect(Set(bench.advances.map(\.queue)) == [0, 1])
    }

    @Test("A strict worker asks the second queue only when the first has nothing")
    func strict() {
        var bench = MachineBench(slots: 4, queues: [("a", 1), ("b", 1)]) { $0.isStrict = true }
        bench.perform { $0.begin(now: $1) }
        #expect(bench.advances == [.init(queue: 0, limit: 4, finished: 0)])
        bench.answer(0, jobs: 1, asked: 4)
        #expect(bench.advances.last == .init(queue: 1, limit: 3, finished: 0))
    }

    @Test("A wake-up that comes while a claim is in flight is not forgotten")
    func wokenMeanwhile() {
        var bench = MachineBench(slots: 4)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 0)
        bench.perform { $0.woke(queue: 0, now: $1) }
        #expect(bench.advances.count == 2)
        bench.perform { $0.woke(queue: 0, now: $1) }
        bench.answer(0, jobs: 0)
        #expect(bench.advances.count == 3)
    }

    @Test("A hint that cannot be used is put back, and the queue left out for a second")
    func rewake() {
        var bench = MachineBench(slots: 1)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 1)
        bench.perform { $0.woke(queue: 0, now: $1) }
        #expect(bench.rewakes == [0])
    }

    @Test("A claim that was sent more than a lease ago is handed back unstarted")
    func staleClaim() {
        var bench = MachineBench(slots: 2)
        bench.perform { $0.begin(now: $1) }
        bench.now = .seconds(11)
        bench.answer(0, jobs: 2, sentAt: .zero)
        #expect(bench.started.isEmpty)
        #expect(bench.releases == [2])
    }

    @Test("A lost lease cancels the handler, and its end writes nothing")
    func lostLease() {
        var bench = MachineBench(slots: 2)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 1, hasMore: false)
        let token = bench.started[0]
        let member = bench.members[token] ?? ""
        bench.perform { $0.renewed(queue: 0, [token], lost: [member], sentAt: $1, now: $1) }
        #expect(bench.cancelled == [token])
        let calls = bench.advances.count
        bench.end([token])
        #expect(bench.advances.allSatisfy { $0.finished == 0 })
        #expect(bench.advances.count >= calls)
        #expect(bench.machine.occupancy.running == 0)
    }

    @Test("All leases of a queue are renewed in one call, every third of a lease")
    func renewal() {
        var bench = MachineBench(slots: 3)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 3)
        #expect(bench.alarms.contains { $0.0 == .renew && $0.1 == .seconds(10) / 3 })
        bench.perform { $0.alarm(.renew, now: $1) }
        #expect(bench.renewals == [3])
    }

    @Test("Jobs beyond a name's cap wait, and at most as many as there are slots are claimed")
    func cap() {
        var bench = MachineBench(slots: 4) { $0.handles = { name in (name, 1) } }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 4, hasMore: true)
        #expect(bench.started.count == 1)
        // Three slots are free and three jobs wait: one more may be claimed.
        #expect(bench.advances.last?.limit == 1)
        bench.answer(0, jobs: 1, hasMore: true, asked: 1)
        #expect(bench.machine.occupancy.waiting == 4)
        #expect(bench.advances.count == 2)
        bench.end([bench.started[0]])
        #expect(bench.started.count == 2)
    }

    @Test("A drain ends when what runs has ended and every call was answered")
    func drains() {
        var bench = MachineBench(slots: 2)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 2)
        bench.perform { $0.drain(now: $1) }
        #expect(!bench.hasStopped)
        bench.end(bench.started)
        #expect(bench.advances.last == .init(queue: 0, limit: 0, finished: 2))
        #expect(!bench.hasStopped)
        bench.answer(0, jobs: 0, asked: 0)
        #expect(bench.hasStopped)
    }

    @Test("What still runs after the drain time is cancelled, then given up, and a silent Redis ends the wait")
    func givesUp() {
        var bench = MachineBench(slots: 2)
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 2)
        bench.perform { $0.drain(now: $1) }
        bench.perform { $0.alarm(.drainEnd, now: $1) }
        #expect(bench.cancelled.count == 2)
        #expect(bench.releases.isEmpty)
        bench.perform { $0.alarm(.handBackEnd, now: $1) }
        #expect(bench.releases == [2])
        #expect(!bench.hasStopped)
        bench.perform { $0.alarm(.abandon, now: $1) }
        #expect(bench.hasStopped)
    }

    @Test(
        "When the drain time is over and nothing runs, an end that has no answer is waited for as long as one command may take"
    )
    func lastAnswers() {
        var bench = MachineBench(slots: 2) { $0.answerTime = .seconds(3) }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 2)
        bench.perform { $0.drain(now: $1) }
        bench.end(bench.started)
        #expect(!bench.alarms.contains { $0.0 == .abandon })
        bench.perform { $0.alarm(.drainEnd, now: $1) }
        #expect(bench.alarms.filter { $0.0 == .abandon }.map(\.1) == [.seconds(3)])
        bench.perform { $0.alarm(.abandon, now: $1) }
        #expect(bench.hasStopped)
        #expect(bench.machine.unrecorded == 2)
    }

    @Test("The wait for the last answers begins as soon as what was cancelled has ended")
    func lastAnswersAfterCancelling() {
        var bench = MachineBench(slots: 1) { $0.answerTime = .seconds(3) }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 1)
        bench.perform { $0.handBack($1, wait: .seconds(60)) }
        #expect(!bench.alarms.contains { $0.0 == .abandon })
        bench.end([0], .handBack(delay: nil))
        #expect(bench.alarms.filter { $0.0 == .abandon }.map(\.1) == [.seconds(3)])
        bench.perform { $0.sideEnded(queue: 0, lost: [], now: $1) }
        #expect(bench.hasStopped)
        #expect(bench.machine.unrecorded == nil)
    }

    @Test("A worker that is to stop when empty says once that it waits for a paused queue")
    func waitsForPaused() {
        var bench = MachineBench(slots: 1) { $0.stopsWhenEmpty = true }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 0)
        var reply = WorkerMachine.Swept()
        reply.isPaused = true
        for _ in 0..<2 { bench.perform { [reply] in $0.swept(queue: 0, reply, now: $1) } }
        #expect(bench.toldPauses == [0])
        #expect(!bench.hasStopped)
    }

    @Test("The next due time brings the sweep forward")
    func nextDue() {
        var bench = MachineBench(slots: 1)
        bench.perform { $0.begin(now: $1) }
        bench.perform { $0.swept(queue: 0, .init(), now: $1) }
        bench.answer(0, jobs: 0, nextDue: .milliseconds(40))
        #expect(bench.alarms.contains { $0.0 == .sweep(queue: 0) && $0.1 == .milliseconds(40) })
        bench.now += .milliseconds(40)
        bench.perform { $0.alarm(.sweep(queue: 0), now: $1) }
        #expect(bench.sweeps == [0, 0])
    }

    @Test("A worker that is to stop when empty does so after a sweep that found nothing")
    func stopsWhenEmpty() {
        var bench = MachineBench(slots: 1) { $0.stopsWhenEmpty = true }
        bench.perform { $0.begin(now: $1) }
        bench.answer(0, jobs: 0)
        bench.perform { $0.swept(queue: 0, .init(), now: $1) }
        #expect(bench.hasStopped)
    }
}
