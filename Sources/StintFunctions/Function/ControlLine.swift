// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What a function says of itself on descriptor 3: one JSON object a line.
package struct ControlLine: Sendable, Hashable {
    /// How far it is, from 0 to 1.
    package var progress: Double?
    /// A short text for people.
    package var note: String?
    /// How long to wait if this attempt fails.
    package var retryAfter: Duration?
    /// How long to wait if it ends with the code for snooze.
    package var snooze: Duration?

    /// Reads a line.
    package init(_ bytes: [UInt8]) throws(ParseFailure) {
        do {
            let wire = try JSONDecoder().decode(Wire.self, from: Data(bytes))
            (progress, note, retryAfter, snooze) = (wire.progress, wire.note, wire.retryAfter, wire.snooze)
        } catch let failure as ParseFailure {
            throw failure
        } catch let DecodingError.typeMismatch(_, context) {
            let key = context.codingPath.first?.stringValue
            throw ParseFailure(key.map { "'\($0)' has the wrong type" } ?? "not a JSON object")
        } catch {
            throw ParseFailure("not valid JSON")
        }
    }

    private struct Wire: Decodable {
        var progress: Double?
        var note: String?
        var retryAfter: Duration?
        var snooze: Duration?

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            guard !container.allKeys.isEmpty else { throw ParseFailure("it says nothing") }
            for key in container.allKeys {
                switch key.stringValue {
                case "progress":
                    let value = try container.decode(Double.self, forKey: key)
                    guard (0...1).contains(value) else { throw ParseFailure("'progress' is a number from 0 to 1") }
                    progress = value
                case "note": note = try container.decode(String.self, forKey: key)
                case "retry_after": retryAfter = try DurationText.parse(container.decode(String.self, forKey: key))
                case "snooze": snooze = try DurationText.parse(container.decode(String.self, forKey: key))
                default:
                    let near = NearMiss.hint(key.stringValue, among: ["progress", "note", "retry_after", "snooze"])
                    throw ParseFailure("unknown key '\(key.stringValue)'\(near)")
                }
            }
        }
    }
}
