// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintTerminal

/// One typed value of a row; the form in which it is printed decides how it looks.
package enum Field: Sendable, Hashable {
    /// There is no value: a dash, an empty cell, `null`.
    case missing
    case text(String)
    /// The id of a job; tables show as much of its beginning as tells it from the others, at least twelve characters.
    case id(String)
    case count(Int64)
    case number(Double, decimals: Int)
    /// A share of 1: `57 %` for people, 0.57 for programs.
    case fraction(Double)
    /// A length of time; programs get seconds, so the column's name should end in `_s`.
    case length(Duration)
    /// An instant in milliseconds since 1970, told from now: `2h ago`.
    case instant(Int64)
    case flag(Bool)
    case bytes(Int64)
    case list([String])
    /// People and programs get different things; pipes get `plain`, else a number as it is, else the people's text.
    case custom(JSONValue, text: String, plain: String? = nil)

    /// How values are written for people.
    package struct Context: Sendable {
        /// Milliseconds since 1970.
        package var now: Int64
        /// Whether times are written in full and in UTC.
        package var utc: Bool
        /// Symbols.
        package var style: Style
        /// How much of an id is shown.
        package var idLength = 12

        /// Creates a context.
        package init(now: Int64, utc: Bool, style: Style) {
            self.now = now
            self.utc = utc
            self.style = style
        }
    }

    /// The value for people, before it is made safe to print.
    package func text(_ context: Context) -> String {
        switch self {
        case .missing: context.style.dash
        case .id(let id): String(id.prefix(context.idLength))
        case .count(let count): NumberText.grouped(count)
        case .number(let number, let decimals): NumberText.fixed(number, decimals: decimals)
        case .fraction(let fraction): NumberText.percent(fraction)
        case .length(let duration): TimeText.length(duration)
        case .instant(let instant) where context.utc: CalendarTime(milliseconds: instant).iso8601
        case .instant(let instant): TimeText.relative(.milliseconds(instant - context.now))
        case .flag(let flag): flag ? "yes" : "no"
        case .bytes(let bytes): NumberText.bytes(bytes)
        case .list(let items): items.joined(separator: " ")
        case .text(let text), .custom(_, let text, _): text
        }
    }

    /// The value for other programs as text, before it is made safe to print: nothing cut, nothing grouped.
    package var plainText: String {
        switch self {
        case .missing: ""
        case .text(let text), .id(let text): text
        case .custom(_, _, let plain?): plain
        case .custom(.integer(let number), _, nil): String(number)
        case .custom(_, let text, nil): text
        case .count(let count), .bytes(let count): String(count)
        case .flag(let flag): flag ? "true" : "false"
        case .instant(let instant): CalendarTime(milliseconds: instant).iso8601
        case .list(let items): items.joined(separator: ",")
        case .number, .fraction, .length: json.text
        }
    }

    /// The value as JSON.
    package var json: JSONValue {
        switch self {
        case .missing: .null
        case .text(let text), .id(let text): .string(text)
        case .count(let count), .bytes(let count): .integer(count)
        case .number(let number, let decimals): .number(Self.rounded(number, decimals: decimals + 2))
        case .fraction(let fraction): .number(Self.rounded(fraction, decimals: 6))
        case .length(let duration):
            .number(
                Self.rounded(
                    Double(duration.components.seconds)
                        + Double(duration.components.attoseconds) / 1e18, decimals: 3))
        case .flag(let flag): .bool(flag)
        case .instant(let instant): .string(CalendarTime(milliseconds: instant).iso8601)
        case .list(let items): .array(items.map { .string($0) })
        case .custom(let json, _, _): json
        }
    }

    /// How much of ids has to be shown so that no two of them look the same; at least twelve characters.
    package static func idLength(of fields: [Field]) -> Int {
        let shown = fields.compactMap { field -> [UInt8]? in
            guard case .id(let id) = field else { return nil }
            return Array(id.utf8)
        }
        let ids = Set(shown).sorted { $0.lexicographicallyPrecedes($1) }
        return zip(ids, ids.dropFirst()).reduce(12) { length, pair in
            max(length, zip(pair.0, pair.1).prefix { $0 == $1 }.count + 1)
        }
    }

    /// Digits that were not measured are not printed.
    private static func rounded(_ number: Double, decimals: Int) -> Double {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = number * scale
        return scaled.magnitude < 9e15 ? scaled.rounded() / scale : number
    }
}
