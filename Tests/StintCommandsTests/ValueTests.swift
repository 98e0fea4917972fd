// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

@Suite struct ValueTests {
    private static let shanghai = TimeZone(identifier: "Asia/Shanghai") ?? .gmt
    private static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt
    /// 2026-11-22 14:20:07.113 in Shanghai.
    private static let now: Int64 = 1_795_328_407_113

    @Test(
        "Times are read as people type them",
        arguments: [
            ("5m", now + 300_000), ("1h30m", now + 5_400_000), ("15:00", 1_795_330_800_000),
            ("14:00", 1_795_327_200_000 + 86_400_000), ("today 14:00", 1_795_327_200_000),
            ("tomorrow 9:00", 1_795_395_600_000), ("2026-11-22T15:00+08:00", 1_795_330_800_000),
            ("2026-11-22T07:00Z", 1_795_330_800_000), ("2026-11-22 15:00", 1_795_330_800_000),
            ("2026-11-22T15:00:30", 1_795_330_830_000), ("2026-11-22", 1_795_276_800_000),
            ("@1795330800", 1_795_330_800_000),
        ] as [(String, Int64)])
    func times(text: String, expected: Int64) throws {
        #expect(try TimeArgument.parse(text).milliseconds(now: Self.now, in: Self.shanghai) == expected)
    }

    @Test(
        "What is no time is refused",
        arguments: ["", "25:00", "15:60", "soon", "2026-13-01", "5", "12:", "1:2:3:4", "2026-11-22T25:00", "@-1"])
    func noTimes(text: String) {
        #expect(throws: (any Error).self) { try TimeArgument.parse(text) }
    }

    @Test("A day that does not exist, and an hour that the clocks skip, are refused")
    func skipped() throws {
        #expect(throws: CommandFailure.self) {
            try TimeArgument.parse("2026-02-30").milliseconds(now: Self.now, in: Self.berlin)
        }
        #expect(throws: CommandFailure.self) {
            try TimeArgument.parse("2026-03-29T02:30").milliseconds(now: Self.now, in: Self.berlin)
        }
        #expect(
            try TimeArgument.parse("2026-03-29T03:30").milliseconds(now: Self.now, in: Self.berlin) == 1_774_747_800_000
        )
    }

    @Test("Priorities and tags are read by their names")
    func names() throws {
        #expect(try PriorityArgument.parse("High") == .high)
        #expect(throws: (any Error).self) { try PriorityArgument.parse("huge") }
        let tag = try TagArgument.parse("k=a=b")
        #expect(tag.name == "k" && tag.value == "a=b")
        #expect(try TagArgument.parse("k=").value == "")
        #expect(throws: (any Error).self) { try TagArgument.parse("=v") }
        #expect(throws: (any Error).self) { try TagArgument.parse("kv") }
    }

    @Test("Input is split into lines and bounded as a whole")
    func input() {
        var lines = InputLines(bytes: Array("a\n\nb".utf8))
        #expect(lines.next() == Array("a".utf8))
        #expect(lines.next() == [])
        #expect(lines.next() == Array("b".utf8))
        #expect(lines.next() == nil)
        var whole = InputLines(bytes: [1, 2, 3])
        #expect(whole.all(limit: 2) == nil)
        #expect(whole.all(limit: 3) == [1, 2, 3])
    }

    @Test("A long input through a pipe keeps every line")
    func pipe() throws {
        let pipe = Pipe()
        let expected = (0..<40_000).map { "line \($0)" }
        Thread.detachNewThread {
            pipe.fileHandleForWriting.write(Data(expected.joined(separator: "\n").utf8))
            try? pipe.fileHandleForWriting.close()
        }
        var lines = InputLines(descriptor: pipe.fileHandleForReading.fileDescriptor)
        var count = 0
        while let line = lines.next() {
            guard String(decoding: line, as: UTF8.self) == expected[count] else { break }
            count += 1
        }
        #expect(count == expected.count)
    }
}
