// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

@Suite struct RepeatDelayTests {
    private func delay(_ reply: RedisServerError, failures: Int, random: any RandomSource) -> Duration {
        let event = ScriptEvent(.failure(.server(reply)), script: "enqueue")
        return RepeatDelay.after(event.error, failures: failures, random: random)
    }

    @Test(
        "A Redis that is busy or must be looked after is left alone for 0.2 to 2 s",
        arguments: [
            "LOADING", "MASTERDOWN", "BUSY", "NOREPLICAS", "MISCONF", "NOAUTH", "WRONGPASS", "NOPERM", "NOSCRIPT",
        ])
    func slow(code: String) {
        let random = SplitMix64(seed: 7)
        for failures in 1...100 {
            let wait = delay(RedisServerError(code: code, message: "x"), failures: failures, random: random)
            #expect(wait >= .milliseconds(200) && wait <= .seconds(2))
        }
    }

    @Test(
        "Where another server is the right one, the wait is 20 to 500 ms",
        arguments: ["READONLY", "UNBLOCKED", "TRYAGAIN", "CLUSTERDOWN"])
    func passing(code: String) {
        let random = SplitMix64(seed: 7)
        for failures in 1...100 {
            let wait = delay(RedisServerError(code: code, message: "x"), failures: failures, random: random)
            #expect(wait >= .milliseconds(20) && wait <= .milliseconds(500))
        }
    }

    @Test("A key that has moved on with its slot is waited for as long as the slot")
    func movedKey() {
        let reply = RedisServerError(
            code: "ERR", message: "Script attempted to access a non local key in a cluster node")
        let random = SplitMix64(seed: 7)
        let waits = (1...100).map { delay(reply, failures: $0, random: random) }
        #expect(waits.allSatisfy { $0 >= .milliseconds(20) && $0 <= .milliseconds(500) })
        #expect(waits.contains { $0 > .milliseconds(250) })
        let quick = RepeatDelay.after(StintError(.redisUnreachable, "x"), failures: 1, random: random)
        #expect(quick <= .milliseconds(60))
    }

    @Test(
        "Each reply is judged as the table says",
        arguments: [
            ("LOADING", "notRun"), ("MASTERDOWN", "notRun"), ("BUSY", "notRun"), ("READONLY", "notRun"),
            ("UNBLOCKED", "notRun"), ("NOREPLICAS", "notRun"), ("MISCONF", "notRun"), ("TRYAGAIN", "notRun"),
            ("CLUSTERDOWN", "notRun"), ("OOM", "failed"), ("NOAUTH", "refused"), ("WRONGPASS", "refused"),
            ("NOPERM", "refused"), ("NOSCRIPT", "refused"), ("EXECABORT", "broken"), ("ERR", "broken"),
            ("WRONGTYPE", "broken"), ("MOVED", "failed"), ("ASK", "failed"), ("CROSSSLOT", "failed"),
        ])
    func verdict(code: String, verdict: String) {
        let event = ScriptEvent(.failure(.server(.init(code: code, message: "x"))), script: "enqueue")
        let found =
            switch event {
            case .notRun: "notRun"
            case .failed: "failed"
            case .refused: "refused"
            case .broken: "broken"
            case .reply, .laneLost, .notSent, .unknown, .closed: "else"
            }
        #expect(found == verdict)
    }
}

@Suite struct AlarmGateTests {
    @Test("A message passes once in its time, and says then how often it was kept back")
    func gate() {
        var gate = AlarmGate(interval: .seconds(30))
        #expect(gate.pass("a", now: .seconds(1)) == 0)
        #expect(gate.pass("a", now: .seconds(2)) == nil)
        #expect(gate.pass("b", now: .seconds(2)) == 0)
        #expect(gate.pass("a", now: .seconds(30)) == nil)
        #expect(gate.pass("a", now: .seconds(31)) == 2)
        #expect(gate.pass("a", now: .seconds(32)) == nil)
    }
}
