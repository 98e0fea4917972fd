// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Foundation
import StintFunctions
import StintTerminal

/// A point in time as people type it; what it means depends on the clock and the zone.
///
/// `5m` from now · `15:00` the next time it is that late · `today 15:00`, `tomorrow 9:00` · `2026-11-22T15:00` in the
/// user's zone · `2026-11-22T15:00+08:00` · `@1795328407` seconds since 1970.
package enum TimeArgument: Sendable, Hashable {
    case after(Duration)
    case clock(second: Int, day: Day)
    case local(year: Int, month: Int, day: Int, second: Int)
    case instant(milliseconds: Int64)

    /// The day that a time of day belongs to.
    package enum Day: Sendable, Hashable { case next, today, tomorrow }

    /// Reads a point in time: `@Option(transform: TimeArgument.parse)`.
    package static func parse(_ text: String) throws -> TimeArgument {
        var words = text.split(separator: " ").map(String.init)
        if words.count == 2, let day: Day = ["today": .today, "tomorrow": .tomorrow][words[0].lowercased()],
            let second = secondOfDay(words[1])
        {
            return .clock(second: second, day: day)
        }
        if words.count == 2, words[0].contains("-") { words = [words[0] + "T" + words[1]] }
        guard words.count == 1, let word = words.first else { throw invalid(text) }
        if let second = secondOfDay(word) { return .clock(second: second, day: .next) }
        if let duration = try? DurationText.parse(word) { return .after(duration) }
        if word.hasPrefix("@"), let seconds = Int64(word.dropFirst()), (0...253_402_300_799).contains(seconds) {
            return .instant(milliseconds: seconds * 1_000)
        }
        guard let time = dated(word) else { throw invalid(text) }
        return time
    }

    /// Returns the instant in milliseconds since 1970.
    ///
    /// - Throws: A usage failure where the clocks of the zone skip this time of day.
    package func milliseconds(now: Int64, in zone: TimeZone) throws -> Int64 {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        switch self {
        case .after(let duration):
            let (seconds, attoseconds) = duration.components
            return now + seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        case .instant(let milliseconds): return milliseconds
        case .local(let year, let month, let day, let second):
            return try Self.milliseconds(calendar, year: year, month: month, day: day, second: second)
        case .clock(let second, let day):
            let today = Date(timeIntervalSince1970: Double(now) / 1_000)
            func on(_ offset: Int) throws -> Int64 {
                let date = calendar.date(byAdding: .day, value: offset, to: today) ?? today
                let parts = calendar.dateComponents([.year, .month, .day], from: date)
                return try Self.milliseconds(
                    calendar, year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0, second: second)
            }
            if day == .tomorrow { return try on(1) }
            let instant = try on(0)
            return day == .next && instant <= now ? try on(1) : instant
        }
    }

    private static func milliseconds(
        _ calendar: Calendar, year: Int, month: Int, day: Int, second: Int
    ) throws -> Int64 {
        let wanted = DateComponents(
            year: year, month: month, day: day, hour: second / 3_600, minute: second / 60 % 60, second: second % 60)
        guard let date = calendar.date(from: wanted),
            calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date) == wanted
        else {
            let zone = calendar.timeZone.identifier
            throw CommandFailure.usage("there is no such time in \(zone): \(year)-\(month)-\(day), second \(second)")
        }
        return Int64((date.timeIntervalSince1970 * 1_000).rounded())
    }

    /// `9:00`, `15:04`, `15:04:05`.
    private static func secondOfDay(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ (1...2).contains($0.count) && isDigits($0) }) else {
            return nil
        }
        let numbers = parts.compactMap { Int($0) }
        let second = numbers.count == 3 ? numbers[2] : 0
        guard numbers[0] < 24, numbers[1] < 60, second < 60 else { return nil }
        return numbers[0] * 3_600 + numbers[1] * 60 + second
    }

    /// `2026-11-22`, `2026-11-22T15:00`, with `Z` or an offset.
    private static func dated(_ text: String) -> TimeArgument? {
        let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, date[0].count == 4, date.allSatisfy({ isDigits($0) }),
            let year = Int(date[0]), let month = Int(date[1]), let day = Int(date[2]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        guard halves.count == 2 else { return .local(year: year, month: month, day: day, second: 0) }
        var clock = halves[1]
        var offset: Int?
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
            offset = 0
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let seconds = secondOfDay(clock[clock.index(after: sign)...]) else { return nil }
            offset = clock[sign] == "-" ? -seconds : seconds
            clock = clock[..<sign]
        }
        guard let second = secondOfDay(clock) else { return nil }
        guard let offset else { return .local(year: year, month: month, day: day, second: second) }
        guard let utc = TimeZone(secondsFromGMT: 0),
            let start = try? TimeArgument.local(year: year, month: month, day: day, second: 0)
                .milliseconds(now: 0, in: utc)
        else { return nil }
        return .instant(milliseconds: start + Int64(second - offset) * 1_000)
    }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func invalid(_ text: String) -> ValidationError {
        ValidationError("'\(text)' is no time; write 5m, 15:00, \"tomorrow 9:00\" or 2026-11-22T15:00+08:00")
    }
}
