// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

@Suite struct LaneMachineTests {
    private let limit = Duration.seconds(60)

    private func machine(_ policy: LaneMachine.Policy) -> LaneMachine {
        LaneMachine(policy: policy, random: SplitMix64(seed: 7))
    }

    private func opened(_ policy: LaneMachine.Policy) throws -> (LaneMachine, lane: String) {
        var machine = machine(policy)
        let name = try #require(machine.begin(now: .zero).opening)
        #expect(machine.received(.reply(.integer(1)), now: .zero).sending?.number == 1)
        return (machine, name)
    }

    private let lost = ScriptEvent.unknown(StintError(.outcomeUnknown, "lost"))
    private let loading = ScriptEvent.notRun(StintError(.redisBusy, "LOADING"))
    private let away = ScriptEvent.notSent(StintError(.redisUnreachable, "away"))

    @Test("A lane is opened before its first call and numbers its calls from 1")
    func numbering() throws {
        var (machine, lane) = try opened(.producer(limit: limit))
        #expect(machine.received(.reply(.integer(5)), now: .seconds(1)).answer?.value == .integer(5))
        let second = try #require(machine.begin(now: .seconds(2)).sending)
        #expect(second.lane == lane)
        #expect(second.number == 2)
    }

    @Test("A call whose outcome is unknown is repeated under its number, and says so")
    func repeated() throws {
        var (machine, lane) = try opened(.producer(limit: limit))
        #expect(machine.received(lost, now: .seconds(1)).isWait)
        let again = try #require(machine.resume(now: .seconds(2)).sending)
        #expect(again.lane == lane)
        #expect(again.number == 1)
        let answer = try #require(machine.received(.reply(.integer(1)), now: .seconds(3)).answer)
        #expect(answer.wasRepeated)
        #expect(answer.firstSent == .zero)
    }

    @Test("A call that Redis did not run counts as sent only when it is sent again")
    func notRun() throws {
        var (machine, _) = try opened(.worker)
        #expect(machine.received(loading, now: .seconds(1)).isWait)
        #expect(machine.resume(now: .seconds(2)).sending?.number == 1)
        let answer = try #require(machine.received(.reply(.integer(1)), now: .seconds(3)).answer)
        #expect(!answer.wasRepeated)
        #expect(answer.firstSent == .seconds(2))
    }

    @Test(
        "A call to a slot that is being moved is repeated after 20 to 500 ms, to a server that is busy after 0.2 to 2 s",
        arguments: [
            ("TRYAGAIN", 500), ("CLUSTERDOWN", 500), ("LOADING", 2_000), ("BUSY", 2_000), ("MASTERDOWN", 2_000),
        ])
    func backOff(code: String, most: Int) throws {
        var (machine, _) = try opened(.worker)
        let reply = RedisFailure.server(.init(code: code, message: "text"))
        var longest = Duration.zero
        for _ in 0..<200 {
            guard case .wait(let time) = machine.received(ScriptEvent(.failure(reply), script: "s"), now: .zero) else {
                Issue.record("it is not repeated")
                return
            }
            #expect(time >= .milliseconds(most == 500 ? 20 : 200) && time <= .milliseconds(most))
            longest = max(longest, time)
            #expect(machine.resume(now: .zero).sending?.number == 1)
        }
        #expect(longest > .milliseconds(most / 2))
        let answer = try #require(machine.received(.reply(.integer(1)), now: .zero).answer)
        #expect(!answer.wasRepeated)
    }

    @Test("An opening whose outcome is unknown is repeated under another name")
    func openingLost() throws {
        var machine = machine(.worker)
        let first = try #require(machine.begin(now: .zero).opening)
        #expect(machine.received(lost, now: .seconds(1)).isWait)
        let second = try #require(machine.resume(now: .seconds(2)).opening)
        #expect(first != second)
    }

    @Test("A producer's lost lane is replaced on a first send, and unknown on a repeated one")
    func producerLaneLost() throws {
        var (machine, lane) = try opened(.producer(limit: limit))
        let fresh = try #require(machine.received(.laneLost, now: .seconds(1)).opening)
        #expect(fresh != lane)
        _ = machine.received(.reply(.integer(1)), now: .seconds(1))
        _ = machine.received(lost, now: .seconds(2))
        _ = machine.resume(now: .seconds(3))
        #expect(machine.received(.laneLost, now: .seconds(4)).failure?.code == .outcomeUnknown)
        #expect(machine.begin(now: .seconds(5)).opening != nil)
    }

    @Test("A worker's lost lane is replaced in both cases")
    func workerLaneLost() throws {
        var (machine, _) = try opened(.worker)
        _ = machine.received(lost, now: .seconds(1))
        _ = machine.resume(now: .seconds(2))
        #expect(machine.received(.laneLost, now: .seconds(3)).opening != nil)
        #expect(machine.received(.reply(.integer(1)), now: .seconds(4)).sending?.number == 1)
        let answer = try #require(machine.received(.reply(.integer(1)), now: .seconds(5)).answer)
        #expect(answer.firstSent == .seconds(4))
        #expect(!answer.wasRepeated)
    }

    @Test("A producer gives up after its limit: unknown if it was sent, unreachable if not, busy if Redis was")
    func givesUp() throws {
        for (event, code) in [
            (lost, StintError.Code.outcomeUnknown), (away, .redisUnreachable), (loading, .redisBusy),
        ] {
            var (machine, _) = try opened(.producer(limit: limit))
            #expect(machine.received(event, now: .seconds(59)).isWait)
            #expect(machine.resume(now: .seconds(59.9)).sending != nil)
            #expect(machine.received(event, now: .seconds(60)).isWait)
            #expect(machine.resume(now: .seconds(60)).failure?.code == code)
        }
    }

    @Test("A worker repeats without end")
    func workerInsists() throws {
        var (machine, _) = try opened(.worker)
        let events = [lost, away, loading, .refused(StintError(.redisRefused, "NOPERM"))]
        for turn in 0..<400 {
            let now = Duration.seconds(turn * 10)
            #expect(machine.received(events[turn % 4], now: now).isWait)
            #expect(machine.resume(now: now + .seconds(3)).sending?.number == 1)
        }
    }

    @Test("A refusal ends a producer's first send; after an unknown one it says nothing")
    func refusedAfterUnknown() throws {
        let full = ScriptEvent.failed(StintError(.redisFull, "OOM"))
        var (machine, _) = try opened(.producer(limit: limit))
        #expect(machine.received(full, now: .seconds(1)).failure?.code == .redisFull)
        (machine, _) = try opened(.producer(limit: limit))
        _ = machine.received(lost, now: .seconds(1))
        _ = machine.resume(now: .seconds(2))
        #expect(machine.received(full, now: .seconds(3)).isWait)
        #expect(machine.resume(now: .seconds(60)).failure?.code == .outcomeUnknown)
    }

    @Test("A number whose call was not answered is never used again")
    func numberIsSpent() throws {
        var (machine, lane) = try opened(.producer(limit: limit))
        _ = machine.received(.broken(StintError(.internalError, "script")), now: .seconds(1))
        let next = try #require(machine.begin(now: .seconds(2)).opening)
        #expect(next != lane)
    }

    @Test("Closing ends the call under way, and the lane takes no other")
    func close() throws {
        var (machine, _) = try opened(.worker)
        #expect(machine.close().failure?.code == .outcomeUnknown)
        #expect(machine.begin(now: .zero).failure?.code == .closed)
    }

    @Test("Waits grow, stay under two seconds, and vary")
    func backoff() throws {
        var (machine, _) = try opened(.worker)
        var waits: [Duration] = []
        for turn in 0..<30 {
            guard case .wait(let time) = machine.received(lost, now: .seconds(turn)) else { break }
            waits.append(time)
            _ = machine.resume(now: .seconds(turn))
        }
        #expect(waits.count == 30)
        #expect(waits.allSatisfy { $0 >= .milliseconds(10) && $0 <= .milliseconds(2_010) })
        #expect(Set(waits).count > 25)
        #expect(waits[0] <= .milliseconds(60))
    }
}

extension LaneMachine.Action {
    var opening: String? { if case .open(let name) = self { name } else { nil } }
    var sending: (lane: String, number: Int)? {
        if case .send(let lane, let number) = self { (lane, number) } else { nil }
    }
    var isWait: Bool { if case .wait = self { true } else { false } }
    var failure: StintError? { if case .fail(let error) = self { error } else { nil } }
    var answer: (value: RedisValue, firstSent: Duration, wasRepeated: Bool)? {
        guard case .answer(let value, let firstSent, let wasRepeated) = self else { return nil }
        return (value, firstSent, wasRepeated)
    }
}
