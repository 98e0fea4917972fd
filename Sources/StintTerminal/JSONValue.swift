// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A JSON value to be written: members keep their order, integers all their digits.
package indirect enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// A number; infinities and NaN are written as `null`, which is all that JSON has for them.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// Text that was checked to be JSON, written as it is.
    case verbatim(JSONText)

    /// One member of an object.
    package struct Member: Sendable, Hashable {
        /// The member's name.
        package var name: String
        /// The member's value.
        package var value: JSONValue

        /// Creates a member.
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members that describe arbitrary bytes: `name` when they are JSON, `name_text` when they are other text,
    /// `name_base64` when they are no UTF-8.
    package static func members(_ name: String, bytes: [UInt8]) -> [Member] {
        if let json = try? JSONText(bytes) { return [Member(name, .verbatim(json))] }
        if let text = String(validating: bytes, as: UTF8.self) { return [Member("\(name)_text", .string(text))] }
        return [Member("\(name)_base64", .string(Base64.encode(bytes)))]
    }

    /// The value on one line, without a space outside strings.
    ///
    /// Everything that a terminal could obey is escaped, so the text can be printed as it is.
    package var text: String {
        var result = ""
        write(to: &result)
        return result
    }

    private func write(to output: inout String) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .unsigned(let value): output += String(value)
        case .number(let value): output += Self.text(of: value)
        case .string(let value): Self.write(value, to: &output)
        case .verbatim(let value): output += value.text
        case .array(let values):
            output += "["
            for (index, value) in values.enumerated() {
                if index > 0 { output += "," }
                value.write(to: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { output += "," }
                Self.write(member.name, to: &output)
                output += ":"
                member.value.write(to: &output)
            }
            output += "}"
        }
    }

    private static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        if number == number.rounded(), number.magnitude < 9_007_199_254_740_992 { return String(Int64(number)) }
        return "\(number)"
    }

    private static func write(_ string: String, to output: inout String) {
        output += "\""
        for scalar in string.unicodeScalars { output += escaped(scalar) }
        output += "\""
    }

    /// One scalar as it stands inside a JSON string.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            guard !Sanitizer.isSafe(scalar) else { return String(scalar) }
            return UTF16.encode(scalar).map { units in
                units.map { unit in
                    let digits = String(unit, radix: 16)
                    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }.joined()
            } ?? "\\ufffd"
        }
    }
}
