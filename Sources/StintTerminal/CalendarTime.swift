// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Writes an instant as a date and a time of day, without a clock and without a time zone database.
///
/// Instants are milliseconds since 1970 in UTC, as Redis and the records of jobs have them; the caller gives the
/// offset of the zone.
package struct CalendarTime: Sendable, Hashable {
    /// The year of the Gregorian calendar.
    package let year: Int
    /// The month, 1 to 12.
    package let month: Int
    /// The day of the month, from 1.
    package let day: Int
    /// The millisecond of the day.
    package let millisecondOfDay: Int
    /// How far the zone is ahead of UTC, in seconds.
    package let offsetSeconds: Int

    /// Splits an instant.
    package init(milliseconds: Int64, offsetSeconds: Int = 0) {
        let bound: Int64 = 253_402_300_799_999
        let local = min(max(milliseconds, -62_135_596_800_000), bound) + Int64(offsetSeconds) * 1_000
        var days = Int(local / 86_400_000)
        var rest = Int(local % 86_400_000)
        if rest < 0 {
            rest += 86_400_000
            days -= 1
        }
        // Civil date from days, by eras of 400 years that begin in March, so that leap days come last.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        self.month = month
        self.year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        self.millisecondOfDay = rest
        self.offsetSeconds = offsetSeconds
    }

    /// The time in ISO 8601 with milliseconds: `2026-11-22T06:20:07.113Z`.
    package var iso8601: String {
        "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))T\(clock)"
            + ".\(Self.digits(millisecondOfDay % 1_000, 3))\(zone)"
    }

    /// The date: `2026-11-22`.
    package var date: String { "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))" }

    /// The time of day: `14:20:07`.
    package var clock: String {
        let seconds = millisecondOfDay / 1_000
        return "\(Self.digits(seconds / 3_600, 2)):\(Self.digits(seconds / 60 % 60, 2)):\(Self.digits(seconds % 60, 2))"
    }

    /// The time of day with milliseconds: `14:20:03.010`.
    package var preciseClock: String { "\(clock).\(Self.digits(millisecondOfDay % 1_000, 3))" }

    private var zone: String {
        guard offsetSeconds != 0 else { return "Z" }
        let minutes = abs(offsetSeconds) / 60
        return "\(offsetSeconds < 0 ? "-" : "+")\(Self.digits(minutes / 60, 2)):\(Self.digits(minutes % 60, 2))"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(abs(number))
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
