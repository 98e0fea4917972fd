// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import Testing

@testable import StintFunctions

@Suite struct TextTests {
    @Test(
        "Lengths of time are read and written",
        arguments: [
            ("500ms", Duration.milliseconds(500), "500ms"), ("5m", .seconds(300), "5m"),
            ("1h30m", .seconds(5400), "1h30m"), ("2d", .seconds(172_800), "2d"), ("1w", .seconds(604_800), "7d"),
            ("1.5s", .milliseconds(1500), "1s500ms"), ("0", .zero, "0s"), ("0s", .zero, "0s"),
            ("90s", .seconds(90), "1m30s"),
        ])
    func durations(text: String, duration: Duration, written: String) throws {
        #expect(try DurationText.parse(text) == duration)
        #expect(DurationText.format(duration) == written)
        #expect(try DurationText.parse(written) == duration)
    }

    @Test(
        "What is no length of time is refused",
        arguments: [
            "", "5", "5 m", "-5m", "m", "5m5h", "5mm", "1..5s", ".s", "1.s", "5M", "١m", "99999999999999999999s",
            "36526d", "1e3s", "5m ", "\u{0}1s",
        ])
    func notDurations(text: String) {
        #expect(throws: ParseFailure.self) { try DurationText.parse(text) }
    }

    @Test(
        "Sizes are read and written",
        arguments: [
            ("64KB", 65536, "64KB"), ("512MB", 512 << 20, "512MB"), ("1GiB", 1 << 30, "1GB"), ("100", 100, "100B"),
            ("0", 0, "0B"), ("2k", 2048, "2KB"), ("7 B", 7, "7B"),
        ])
    func sizes(text: String, bytes: Int, written: String) throws {
        #expect(try SizeText.parse(text) == bytes)
        #expect(SizeText.format(bytes) == written)
    }

    @Test("What is no size is refused", arguments: ["", "MB", "-1", "1.5MB", "12XB", "9999999999TB", "1 iB"])
    func notSizes(text: String) {
        #expect(throws: ParseFailure.self) { try SizeText.parse(text) }
    }

    @Test("Back-offs are read and written")
    func backoffs() throws {
        let exponential = RetryPolicy.Backoff.exponential(base: .seconds(1), cap: .seconds(3600))
        #expect(try BackoffText.parse("exponential(1s, 1h)") == exponential)
        #expect(try BackoffText.parse("exponential(1s,1h, jitter full)") == exponential)
        #expect(try BackoffText.parse("fixed(30s)") == .fixed(.seconds(30)))
        #expect(try BackoffText.parse("list(1s, 5s)") == .list([.seconds(1), .seconds(5)]))
        #expect(BackoffText.format(exponential) == "exponential(1s, 1h)")
        for text in [
            "", "fixed", "fixed()", "fixed(1s", "exponential(1h, 1s)", "exponential(0, 1s)", "never(1s)", "list()",
        ] {
            #expect(throws: ParseFailure.self) { try BackoffText.parse(text) }
        }
        let error = #expect(throws: ParseFailure.self) { try BackoffText.parse("exponential(1s, 1h, jitter 0.1)") }
        #expect(error?.description == "exponential back-off always has full jitter: leave 'jitter 0.1' out")
    }

    @Test("A command as one text is split without a shell")
    func commands() throws {
        #expect(try CommandText.split("python3 fn/resize.py") == ["python3", "fn/resize.py"])
        #expect(try CommandText.split(" a  'b c' \"d \\\" \\e\" f\\ g '' ") == ["a", "b c", "d \" \\e", "f g", ""])
        #expect(
            try CommandText.split("awk '{print $1 | \"sort\"}' $HOME") == ["awk", "{print $1 | \"sort\"}", "$HOME"])
        for text in ["a | b", "a; b", "a > b", "a & b", "a `b`", "a $(b)", "'a", "a\\"] {
            #expect(throws: ParseFailure.self) { try CommandText.split(text) }
        }
    }

    @Test("Variables are replaced once, and only in braces")
    func interpolation() throws {
        let environment = ["A": "1", "B": "${A}", "E": ""]
        #expect(try Interpolation.apply("x${A}y${B}$A", environment: environment) == "x1y${A}$A")
        #expect(try Interpolation.apply("$${A} ${C:-d} ${E:-e}${E}", environment: environment) == "${A} d e")
        #expect(try Interpolation.apply("${A", environment: environment) == "${A")
        #expect(throws: Interpolation.MissingVariable(name: "C")) {
            try Interpolation.apply("${C}", environment: environment)
        }
    }

    @Test("A typing error finds the word that was meant")
    func nearMisses() {
        #expect(NearMiss.find("quue", among: ["queue", "run"]) == "queue")
        #expect(NearMiss.find("tiemout", among: ["timeout", "memory"]) == "timeout")
        #expect(NearMiss.find("xyz", among: ["queue", "run"]) == nil)
        #expect(NearMiss.distance("abcd", "acbd") == 1)
    }

    @Test("An exact name goes before a prefix, a longer prefix before a shorter one")
    func patterns() throws {
        let patterns = try ["*", "etl.*", "etl.load"].map { try NamePattern($0) }
        func winner(_ name: String) -> String? {
            patterns.filter { $0.matches(name) }.max { $1.isMoreSpecific(than: $0) }?.description
        }
        #expect(winner("etl.load") == "etl.load")
        #expect(winner("etl.loads") == "etl.*")
        #expect(winner("etl") == "*")
        #expect(throws: ParseFailure.self) { try NamePattern("a*b") }
    }
}

@Suite struct RunStateMachineTests {
    @Test("A run over its timeout is asked once, then killed after the grace period")
    func timeout() {
        var machine = RunStateMachine(timeout: .seconds(10), gracePeriod: .seconds(5))
        #expect(machine.nextInstant == .seconds(10))
        #expect(machine.advance(to: .seconds(9)) == nil)
        #expect(machine.advance(to: .seconds(11)) == .terminateGroup)
        #expect(machine.nextInstant == .seconds(16))
        #expect(machine.cancel(at: .seconds(12)) == nil)
        #expect(machine.advance(to: .seconds(15)) == nil)
        #expect(machine.advance(to: .seconds(16)) == .killGroup)
        #expect(machine.advance(to: .seconds(99)) == nil)
        #expect(machine.nextInstant == nil)
        #expect(machine.reason == .timeout)
    }

    @Test("Without a grace period the kill comes at once")
    func noGrace() {
        var machine = RunStateMachine(timeout: nil, gracePeriod: .zero)
        #expect(machine.nextInstant == nil)
        #expect(machine.cancel(at: .seconds(1)) == .killGroup)
        #expect(machine.reason == .cancellation)
    }
}

@Suite struct StreamTests {
    @Test("The newest bytes are kept, however they come")
    func tail() {
        for size in [1, 3, 7, 10, 64] {
            var buffer = TailBuffer(bound: 10)
            let bytes = (0..<100).map { UInt8($0) }
            for start in stride(from: 0, to: 100, by: size) {
                bytes[start..<min(start + size, 100)].withUnsafeBytes { buffer.append($0) }
            }
            #expect(buffer.bytes == Array(90..<100))
            #expect(buffer.dropped == 90)
        }
    }

    @Test("Lines do not depend on how the bytes come")
    func lines() {
        let bytes = Array("a\n\nbcdefgh\r\nxy\rz\nend".utf8)
        for size in 1...bytes.count {
            var splitter = LineSplitter(bound: 6)
            var texts: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes {
                    splitter.append($0) { texts.append($0.text) }
                }
            }
            splitter.finish { texts.append($0.text) }
            #expect(texts == ["a", "", "bcdefg… [2 bytes cut]", "xy\rz", "end"])
        }
    }

    @Test("A flood of log lines is held back to its newest ones, and none is lost below the bound")
    func gate() {
        var gate = LogGate(bound: 100)
        #expect((0..<10).flatMap { gate.offer("line \($0)", at: .zero) }.count == 10)
        let passed = (10..<100).flatMap { gate.offer("line \($0)", at: .milliseconds(1)) }
        #expect(passed.count < 10)
        #expect(gate.isHoldingBack)
        let later = gate.release(at: .seconds(11)) + gate.release(at: .seconds(21))
        #expect(later.first?.hasSuffix("left out, the log came too fast]") == true)
        #expect(later.last == "line 99")
        #expect(!gate.isHoldingBack)
        #expect(gate.offer(String(repeating: "x", count: 500), at: .seconds(40)).count == 1)
    }

    @Test("A flood that goes on passes the bound in each ten seconds, the words on what was left out included")
    func steadyFlood() {
        var gate = LogGate(bound: 1_000)
        let passed = (0..<100_000).flatMap { gate.offer("\($0)", at: .milliseconds($0)) }
        let bytes = passed.reduce(0) { $0 + $1.utf8.count + 1 }
        #expect((10_000...11_000).contains(bytes))
    }
}
