// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Hides the values of passwords, tokens and the like where payloads are shown to people.
///
/// By their names only: what stands under another name is shown. It is a courtesy to who looks over a shoulder, not a
/// protection of what is stored.
package enum Redaction {
    /// What stands in the place of a value.
    package static let mask = "•••"

    private static let words = [
        "password", "token", "secret", "authorization", "cookie", "apikey", "api-key", "api_key",
    ]

    /// Whether the values under this name are hidden: it contains one of the words, in any case.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains($0) }
    }

    /// Returns JSON with the hidden values, at any depth, as strings of the mask; nil if it has none.
    package static func redacted(_ json: JSONText) -> JSONText? {
        var walk = RedactionWalk(Array(json.text.utf8))
        walk.run()
        return walk.hasHidden ? try? JSONText(walk.output) : nil
    }

    /// Returns other text with what follows `name=` or `name:` hidden; nil if it has nothing of that.
    package static func redacted(_ text: String) -> String? {
        guard isSecret(text) else { return nil }
        let assignment =
            /((?:password|token|secret|authorization|cookie|api[\-_]?key)\w*["']?[ \t]*[:=][ \t]*)[^\r\n&;]+/
            .ignoresCase()
        let result = text.replacing(assignment) { "\($0.output.1)\(mask)" }
        return result == text ? nil : result
    }
}

/// Walks over checked JSON without white space.
private struct RedactionWalk {
    private let bytes: [UInt8]
    private var index = 0
    private(set) var output: [UInt8] = []
    private(set) var hasHidden = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    mutating func run() {
        var isObject: [Bool] = []
        var isName = false
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                isObject.append(byte == UInt8(ascii: "{"))
                isName = isObject.last == true
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                isObject.removeLast()
                isName = false
            case UInt8(ascii: ","): isName = isObject.last == true
            case UInt8(ascii: "\""):
                let text = takeString()
                output += text
                guard isName else { continue }
                isName = false
                // The colon behind the name.
                output.append(bytes[index])
                index += 1
                if Redaction.isSecret(Self.plain(text)) { hide() }
                continue
            default: break
            }
            output.append(byte)
            index += 1
        }
    }

    private mutating func hide() {
        hasHidden = true
        output += Array("\"\(Redaction.mask)\"".utf8)
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                _ = takeString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            index += 1
        }
    }

    private mutating func takeString() -> ArraySlice<UInt8> {
        let start = index
        index += 1
        while bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
        index += 1
        return bytes[start..<index]
    }

    /// The text of a string, its escapes undone.
    private static func plain(_ quoted: ArraySlice<UInt8>) -> String {
        var rest = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)[...]
        var plain = ""
        while let character = rest.popFirst() {
            guard character == "\\", let kind = rest.popFirst() else {
                plain.append(character)
                continue
            }
            if kind == "u", let scalar = UInt32(rest.prefix(4), radix: 16).flatMap(Unicode.Scalar.init) {
                plain.unicodeScalars.append(scalar)
                rest = rest.dropFirst(4)
            } else {
                plain.append(kind)
            }
        }
        return plain
    }
}
