// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Checker {
    private struct Span {
        let begin: Int64
        let end: Int64
    }

    /// The ready list of jobs with low priority: what is urgent goes before them, also when they crashed.
    private static let lowList = 3

    /// Of fewer crashes than these the 99th percentile is the slowest one, and is not judged.
    private static let fewest = 100

    private var lease: Int64 { Int64(history.run.lease) * 1_000_000 }

    /// No lease of a worker that was alive was taken from it.
    ///
    /// A lease may be taken once its holder was killed, stopped, or not run by the machine, for long enough. Where the
    /// clock of Redis was shifted nothing else was done, so that every taken lease counts.
    mutating func checkReaps() {
        let gone = goneProcesses
        let stopped = stops
        let stalls = Dictionary(grouping: history.stalls.filter { $0.length >= lease / 4 }, by: \.process)
        var wrong: [String] = []
        var starved = 0
        var unwritten = 0
        for reap in history.ledger.reaps {
            guard reap.expiry <= reap.time || hasShiftedClock else {
                wrong.append(
                    "\(reap.id): fence \(reap.fence) was taken \(reap.expiry - reap.time) ms before its expiry")
                continue
            }
            guard let process = history.processes[reap.node] else {
                wrong.append("\(reap.id): fence \(reap.fence) was held by \(reap.node), which no worker is")
                continue
            }
            let time = history.time(ofRedis: reap.time)
            if let end = gone[process], time >= end { continue }
            let isStopped = stopped[process]?.contains { time >= $0.begin && time <= $0.end + lease }
            if isStopped == true { continue }
            let isStarved = stalls[process]?.contains { stall in
                stall.end >= time - 2 * lease && stall.end - stall.length <= time
            }
            if isStarved == true {
                starved += 1
            } else if let end = runs[Lease(id: reap.id, fence: reap.fence)]?.end, wasUnwritten(end) {
                // Its end was answered, and Redis was killed before it wrote it.
                unwritten += 1
            } else {
                wrong.append("\(reap.id): fence \(reap.fence), held by process \(process), at \(time)")
            }
        }
        show("leases that the reaper ended", history.ledger.reaps.count)
        show("holds of reaping", history.ledger.holds.count)
        demandNone("leases of live workers ended", wrong)
        if unwritten > 0 { show("ends of runs that Redis had not written when it was killed", unwritten) }
        if starved > 0 { show("leases of workers that the machine did not run", starved) }
    }

    /// How long jobs of killed workers took to start again.
    mutating func checkRecovery() {
        let gone = goneProcesses
        let apart = unreachableTimes
        let bound = lease + 1_000_000_000
        var ready: [Int64] = []
        var plain: [Int64] = []
        var held: [Int64] = []
        var behind: [Int64] = []
        var later = 0
        var slow: [String] = []
        var untold: [String] = []
        let crashes = Dictionary(grouping: history.ledger.reaps, by: \.id).mapValues { $0.map(\.fence) }
        for reap in history.ledger.reaps {
            guard let process = history.processes[reap.node], let end = gone[process] else { continue }
            guard let run = starts[reap.id]?.first(where: { $0.fence > reap.fence }) else {
                // It may be dead, or dead after a claim by a worker that was gone before it could start it.
                let job = history.ledger.jobs[reap.id]
                if job?.finishes.isEmpty != false, job?.died == 0 { untold.append(reap.id) }
                continue
            }
            let (next, fence) = (run.start, run.fence)
            let time = next - end
            // One that crashed again before it could start backs off as well.
            let isLater = crashes[reap.id]?.contains { $0 > reap.fence && $0 < fence } == true
            if reap.crash > 1 || isLater {
                later += 1
            } else if apart.contains(where: { $0.begin < next && $0.end > end }) {
                held.append(time)
            } else if reap.list == Self.lowList {
                behind.append(time)
                ready.append(history.time(ofRedis: reap.time) - end)
            } else {
                plain.append(time)
                if time > bound { slow.append("\(reap.id): fence \(reap.fence), gone at \(end), ran at \(next)") }
                ready.append(history.time(ofRedis: reap.time) - end)
            }
        }
        guard !plain.isEmpty || !held.isEmpty else { return }
        demandNone("jobs of killed workers that did not start again", untold)
        let lag = history.run.machineLag
        show("the machine's own delay (p50 / p99 / max)", lag.milliseconds)
        show("ready again after a kill (p50 / p99 / max)", Distribution(ready).milliseconds)
        let recovery = Distribution(plain)
        let what = "started again after a kill, \(recovery.count) first crashes (p50 / p99 / max)"
        if recovery.count < Self.fewest {
            show(what, recovery.milliseconds)
        } else {
            demand(
                what, recovery.milliseconds, "p99 ≤ \(bound / 1_000_000) ms + delay",
                recovery.p99 <= bound + lag.p99)
            if recovery.p99 > bound + lag.p99 { explain("started again late", slow) }
        }
        show("the same under a hold or outage, \(held.count) (p50 / p99 / max)", Distribution(held).milliseconds)
        if !behind.isEmpty {
            show(
                "the same of low priority, behind others, \(behind.count) (p50 / p99 / max)",
                Distribution(behind).milliseconds)
        }
        if later > 0 { show("second and later crashes, which back off", later) }
    }

    /// When each process was killed, or was seen to have ended.
    private var goneProcesses: [Int32: Int64] {
        var ends: [Int32: Int64] = [:]
        for fault in history.faults where fault.event == .kill || fault.event == .ended {
            guard let process = fault.subject.split(separator: " ").first.flatMap({ Int32($0) }) else { continue }
            ends[process] = fault.time
        }
        // One that ended by itself was seen to a little later than it did.
        for effect in history.effects {
            if let end = ends[effect.process], effect.time > end { ends[effect.process] = effect.time }
        }
        return ends
    }

    private var stops: [Int32: [Span]] {
        var spans: [Int32: [Span]] = [:]
        var begins: [Int32: Int64] = [:]
        for fault in history.faults {
            guard let process = Int32(fault.subject) else { continue }
            if fault.event == .stop { begins[process] = fault.time }
            if fault.event == .goOn, let begin = begins[process] {
                spans[process, default: []].append(Span(begin: begin, end: fault.time))
            }
        }
        return spans
    }

    /// Times during which nobody could be reaped: Redis was not there, or reaping was on hold.
    private var unreachableTimes: [Span] {
        var spans = history.ledger.holds.map {
            Span(begin: history.time(ofRedis: $0.lowerBound), end: history.time(ofRedis: $0.upperBound))
        }
        var begin: Int64?
        for fault in history.faults {
            switch fault.event {
            case .redisKill, .outage: begin = fault.time
            case .redisUp, .outageEnd:
                if let begin { spans.append(Span(begin: begin, end: fault.time)) }
            default: break
            }
        }
        return spans
    }
}
