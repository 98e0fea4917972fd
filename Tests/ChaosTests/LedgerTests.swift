// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import stint_chaos

/// The ledger sees what must never be written, whoever wrote it.
@Suite struct LedgerTests {
    @Test("A job's way from enqueue to finish is followed")
    func life() {
        let ledger = LedgerScript().added("a").claimed("a", 5).finished("a", 5, total: 1).ledger
        #expect(ledger.violations == [])
        #expect(ledger.jobs["a"]?.finishes.map(\.fence) == [5])
        #expect(ledger.jobs["a"]?.finishes.first?.time == LedgerScript.time)
        #expect(ledger.jobs["a"]?.claims == 1)
    }

    @Test("A finish that leaves the present lease behind is a violation")
    func staleFinish() {
        let ledger = LedgerScript().added("a").claimed("a", 5).returned("a", 5, crashes: 1).claimed("a", 6)
            .finished("a", 5, total: 1).ledger
        #expect(ledger.violations.count == 1)
        #expect(ledger.violations.first?.contains("without its lease a:6:node01") == true)
    }

    @Test("A second finish of a job is counted, and a deletion of what is gone is a violation")
    func secondFinish() {
        var script = LedgerScript().added("a").claimed("a", 5).finished("a", 5, total: 1)
        script = script.added("a").claimed("a", 7).finished("a", 7, total: 2)
        #expect(script.ledger.jobs["a"]?.finishes.count == 2)
        #expect(script.ledger.jobs["a"]?.added == 2)
        #expect(script.finished("a", 7, total: 2).ledger.violations == ["a: deleted, and was not there"])
    }

    @Test("A fence that does not grow is a violation")
    func oldFence() {
        let ledger = LedgerScript().added("a").claimed("a", 5).returned("a", 5, crashes: 1).claimed("a", 5).ledger
        #expect(ledger.violations == ["a: fence 5 after 5"])
    }

    @Test("A claim of a job that is not ready is a violation")
    func doubleClaim() {
        let ledger = LedgerScript().added("a").claimed("a", 5).finished("a", 5, total: 1).claimed("a", 6).ledger
        #expect(ledger.violations == ["a: claimed while it was not ready"])
    }

    @Test("A note of an old fence is a violation")
    func oldNote() {
        var script = LedgerScript().added("a").claimed("a", 5)
        script.step(["HSET", "{stint:q}:progress", "a", "5000 fence 5"])
        #expect(script.ledger.violations == [])
        script.step(["XADD", "{stint:q}:log:a", "4-0", "a", "1", "l", "fence 4"])
        #expect(script.ledger.violations == ["a: a note of fence 4 was accepted, the job is under 5"])
        #expect(script.ledger.notes == 2)
    }

    @Test("A counter that grows without a finish is a violation")
    func counter() {
        let ledger = LedgerScript().added("a").claimed("a", 5).finished("a", 5, total: 2).ledger
        #expect(ledger.violations == ["the counter 'completed' grew by 2, and 1 jobs ended"])
    }

    @Test("A lease that the reaper ends is told with its expiry, and is no failure")
    func reap() {
        let ledger = LedgerScript().added("a").claimed("a", 5).returned("a", 5, crashes: 1).ledger
        #expect(ledger.reaps.map(\.fence) == [5])
        #expect(ledger.reaps.first?.expiry == LedgerScript.time + 2000)
        #expect(ledger.jobs["a"]?.failures == 0)
    }

    @Test("A job that was delayed and is ready before it is due is a violation")
    func early() {
        var script = LedgerScript()
        script.step(["HSET", "{stint:q}:jobs", "a", LedgerScript.record("d", 0, at: LedgerScript.time + 100)])
        script.step(["HSET", "{stint:q}:jobs", "a", LedgerScript.record("r", 0, at: LedgerScript.time)])
        #expect(script.ledger.violations.count == 1)
    }

    @Test("A tail that was cut off is left out")
    func tail() {
        let script = LedgerScript().added("a")
        var ledger = Ledger()
        (script.bytes + Array("*3\r\n$4\r\nHDEL\r\n$14\r\n{stint:q}".utf8)).withUnsafeBytes { ledger.replay($0) }
        #expect(ledger.violations == [])
        #expect(ledger.jobs["a"]?.added == 1)
    }
}
