// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Checker {
    /// Producers' answers against what Redis took in.
    mutating func checkAnswers() {
        let ledger = history.ledger
        var refused: [String: Int] = [:]
        var wrong: [String] = []
        var unknown = 0
        var isKnown: Set<String> = []
        for answer in history.answers {
            switch answer.outcome {
            case .acknowledged: break
            case .unknown where answer.id == nil: unknown += 1
            case .unknown: break
            case .refused(let code):
                refused[code, default: 0] += 1
                if (ledger.jobs[answer.serial]?.added ?? 0) > 0 { wrong.append(answer.serial) }
            }
            if let id = answer.id { isKnown.insert(id) }
        }
        let all = history.answers.filter { $0.outcome == .unknown }.count
        if all > 0 { show("calls with an unknown outcome", all) }
        for (code, count) in refused.sorted(by: { $0.key < $1.key }) { show("jobs refused: \(code)", count) }
        guard history.run.hasLedger else { return }
        demandNone("refused jobs that were added", wrong)
        demandNone("jobs added twice", ledger.jobs.filter { $0.value.added > 1 }.map(\.key).sorted())
        let strangers = ledger.jobs.filter { $0.value.added > 0 && !isKnown.contains($0.key) }.map(\.key).sorted()
        // A call whose outcome is unknown may have added its job, whose id its caller never learnt.
        demandNone("jobs that nobody asked for", strangers.count <= unknown ? [] : strangers)
        if let first = history.answers.first(where: { $0.outcome == .refused("redisFull") }) {
            let after = history.answers.filter { $0.outcome == .acknowledged && $0.called > first.answered }.count
            demand("jobs accepted again after memory was full", after, "> 0", after > 0)
            let stops = history.effects.filter { $0.event == .stop && $0.time > first.answered }.count
            demand("jobs completed after memory was full", stops, "> 0", stops > 0)
        }
    }

    /// Every acknowledged job ran to its end and was finished once, by the lease that held it.
    mutating func checkFinishes() {
        var lost: [String] = []
        var unwritten: [String] = []
        var twice: [String] = []
        var neverRan: [String] = []
        for answer in history.answers where answer.outcome == .acknowledged && !answer.isPoison {
            guard let id = answer.id else { continue }
            if history.ledger.jobs[id] == nil, wasUnwritten(answer.answered) {
                unwritten.append(id)
                continue
            }
            if history.ledger.jobs[id]?.finishes.isEmpty != false { lost.append(id) }
            if starts[id]?.contains(where: { $0.stop != nil }) != true { neverRan.append(id) }
        }
        var stale = history.ledger.violations
        for (id, job) in history.ledger.jobs {
            if job.finishes.count > 1 { twice.append(id) }
            for finish in job.finishes { if let problem = judge(finish, of: id) { stale.append(problem) } }
        }
        demandNone("acknowledged jobs lost", lost)
        if !unwritten.isEmpty {
            show("acknowledged jobs that Redis had not written when it was killed", unwritten.count)
        }
        demandNone("acknowledged jobs that never ran to their end", neverRan)
        demandNone("jobs finished twice", twice.sorted())
        demandNone("writes with a stale lease accepted", stale)
        show("late finishes, failures and hand-backs refused", history.ledger.refused)
        show("progress texts and log lines accepted", history.ledger.notes)
    }

    /// Whether Redis may have answered at this time and not have written what it answered.
    ///
    /// With `appendfsync everysec` Redis writes before it answers, except while an fsync of the second before is under way:
    /// then it holds its writes back, for two seconds at most. Only a disk that is slow makes that happen.
    func wasUnwritten(_ time: Int64) -> Bool {
        guard history.run.fsync == "everysec" else { return false }
        let window: Int64 = 3_000_000_000
        return history.faults.contains {
            $0.event == .redisKill && time > $0.time - window && time < $0.time + window / 3
        }
    }

    /// Says what is wrong with an accepted finish.
    private func judge(_ finish: Ledger.Finish, of id: String) -> String? {
        guard let stop = runs[Lease(id: id, fence: finish.fence)]?.stop else {
            return "\(id): finished under fence \(finish.fence), whose run did not get to its end"
        }
        if let result = finish.result, result != finish.fence {
            return "\(id): the result of fence \(result) was accepted under fence \(finish.fence)"
        }
        // Two clocks are compared: a twentieth of a second is left for their drift.
        if !hasShiftedClock, history.time(ofRedis: finish.time) < stop - 50_000_000 {
            return "\(id): finished under fence \(finish.fence) before its run was over"
        }
        return nil
    }

    /// Runs against claims.
    mutating func checkRuns() {
        demandNone("claims that were run twice", doubleStarts == 0 ? [] : ["\(doubleStarts)"])
        var unclaimed: [String] = []
        var open: [String] = []
        var again = 0
        var unwritten = 0
        for (id, job) in history.ledger.jobs {
            let claims = Set(job.claims)
            for run in starts[id] ?? [] where !claims.contains(run.fence) {
                // Redis had answered the claim, was killed, and had not written it yet.
                if wasUnwritten(run.start) { unwritten += 1 } else { unclaimed.append("\(id): fence \(run.fence)") }
            }
            if job.claims.count != job.finishes.count + job.failures + job.handBacks + job.crashes { open.append(id) }
            again += max(0, (starts[id]?.filter { $0.stop != nil }.count ?? 0) - 1)
        }
        demandNone("runs without a claim", unclaimed.sorted())
        if unwritten > 0 { show("runs whose claim Redis had not written when it was killed", unwritten) }
        demandNone("claims whose end is not known", open.sorted())
        let interrupted = history.ledger.reaps.count + unwritten
        demand("jobs that ran to their end again", again, "≤ \(interrupted) interrupted runs", again <= interrupted)
        guard !hasShiftedClock else { return }
        let early = history.answers.filter { answer in
            guard answer.delay > 0, let id = answer.id, let first = starts[id]?.map(\.start).min() else { return false }
            return first < answer.called + answer.delay
        }
        demandNone("delayed jobs started early", early.compactMap(\.id))
    }

    /// Jobs that end their worker die of it at their budget; all others live.
    mutating func checkDeaths() {
        let poison = history.answers.filter { $0.outcome == .acknowledged && $0.isPoison }
        let ids = Set(poison.compactMap(\.id))
        let others = history.ledger.jobs.filter { $0.value.died > 0 && !ids.contains($0.key) }
        demandNone("jobs that died and should not", others.map(\.key).sorted())
        guard !poison.isEmpty else { return }
        show("jobs that end their worker", poison.count)
        let budget = history.run.crashBudget
        let wrong = ids.filter { id in
            let job = history.ledger.jobs[id]
            return job?.died != 1 || job?.crashes != budget || job?.claims.count != budget
        }
        demandNone("of these, not dead after exactly \(budget) crashes", wrong.sorted())
    }
}

extension Answer {
    fileprivate var isPoison: Bool { serial.hasSuffix("-poison") }
}
