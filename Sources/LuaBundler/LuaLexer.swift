// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Splits Lua 5.1 source into words, comments included.
///
/// The bundler decides by words, never by searching text, so that nothing inside a string or a comment can mislead it.
struct LuaLexer {
    private let file: String
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [LuaToken] = []

    private init(_ source: String, file: String) {
        self.file = file
        self.bytes = Array(source.utf8)
    }

    /// Returns the words of `source` in order.
    static func tokens(of source: String, file: String) throws(BundleError) -> [LuaToken] {
        var lexer = LuaLexer(source, file: file)
        while let byte = lexer.peek() {
            try lexer.scan(byte)
        }
        return lexer.tokens
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private mutating func scan(_ byte: UInt8) throws(BundleError) {
        switch byte {
        case UInt8(ascii: "\n"):
            line += 1
            position += 1
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            position += 1
        case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
            try scanComment()
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            try scanQuoted(byte)
        case UInt8(ascii: "[") where longBracketLevel() != nil:
            let (text, start) = try scanLongBracket(what: "string")
            tokens.append(LuaToken(kind: .string, text: text, line: start, endLine: line, end: position))
        case _ where byte.isLetter:
            let text = take { $0.isLetter || $0.isDigit }
            append(LuaToken.keywords.contains(text) ? .keyword : .name, text)
        case _ where byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true):
            append(.number, takeNumber())
        case 0x21...0x7e:
            append(.symbol, takeSymbol())
        default:
            throw BundleError(file: file, line: line, message: "the byte \(byte) has no place in Lua source")
        }
    }

    private mutating func append(_ kind: LuaToken.Kind, _ text: String) {
        tokens.append(LuaToken(kind: kind, text: text, line: line, endLine: line, end: position))
    }

    private mutating func take(while belongs: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek(), belongs(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func takeNumber() -> String {
        var last: UInt8 = 0
        return take { byte in
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let belongs =
                byte.isLetter || byte.isDigit || byte == UInt8(ascii: ".")
                || (isSign && (last == UInt8(ascii: "e") || last == UInt8(ascii: "E")))
            last = byte
            return belongs
        }
    }

    private mutating func takeSymbol() -> String {
        for symbol in ["...", "..", "==", "~=", "<=", ">="] {
            let end = position + symbol.utf8.count
            if end <= bytes.count, bytes[position..<end].elementsEqual(symbol.utf8) {
                position = end
                return symbol
            }
        }
        position += 1
        return String(decoding: bytes[position - 1..<position], as: UTF8.self)
    }

    private mutating func scanComment() throws(BundleError) {
        let begin = position
        let start = line
        position += 2
        if peek() == UInt8(ascii: "["), longBracketLevel() != nil {
            _ = try scanLongBracket(what: "comment")
        } else {
            while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
        }
        let text = String(decoding: bytes[begin..<position], as: UTF8.self)
        tokens.append(LuaToken(kind: .comment, text: text, line: start, endLine: line, end: position))
    }

    private mutating func scanQuoted(_ quote: UInt8) throws(BundleError) {
        let start = line
        position += 1
        let begin = position
        while let byte = peek(), byte != quote {
            guard byte != UInt8(ascii: "\n") else {
                throw BundleError(file: file, line: start, message: "this string has no end")
            }
            if byte == UInt8(ascii: "\\") {
                position += 1
                if peek() == UInt8(ascii: "\n") { line += 1 }
            }
            position += 1
        }
        guard position < bytes.count else {
            throw BundleError(file: file, line: start, message: "this string has no end")
        }
        let text = String(decoding: bytes[begin..<position], as: UTF8.self)
        position += 1
        tokens.append(LuaToken(kind: .string, text: text, line: start, endLine: line, end: position))
    }

    /// The number of `=` when a long bracket begins here.
    private func longBracketLevel() -> Int? {
        var offset = 1
        while peek(offset) == UInt8(ascii: "=") { offset += 1 }
        return peek(offset) == UInt8(ascii: "[") ? offset - 1 : nil
    }

    private mutating func scanLongBracket(what: String) throws(BundleError) -> (text: String, line: Int) {
        let start = line
        let level = longBracketLevel() ?? 0
        let closing = Array("]\(String(repeating: "=", count: level))]".utf8)
        position += closing.count
        let begin = position
        while position + closing.count <= bytes.count {
            if bytes[position..<position + closing.count].elementsEqual(closing) {
                let text = String(decoding: bytes[begin..<position], as: UTF8.self)
                position += closing.count
                return (text, start)
            }
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
        throw BundleError(file: file, line: start, message: "this \(what) has no end")
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    fileprivate var isLetter: Bool {
        let lower = self | 0x20
        return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || self == UInt8(ascii: "_")
    }
}
