// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Checks JSON and writes it again without decoding it, so that numbers keep all their digits.
///
/// A decoder would read 9007199254740993 as a `Double` and give back …992. Here bytes stay bytes: only white space
/// between tokens goes, and characters that a terminal could obey are written as `\u001b`.
package struct JSONText: Sendable, Hashable {
    /// Deeper nesting is refused: nobody wrote it by hand, and consumers with a stack would overflow.
    package static let maximumDepth = 512

    /// The value on one line, safe to print.
    package let text: String

    /// Checks that the bytes are exactly one JSON value in UTF-8.
    package init(_ bytes: some Sequence<UInt8>) throws(JSONSyntaxError) {
        var scanner = JSONScanner(Array(bytes))
        text = try scanner.document()
    }
}

/// Walks over the bytes once; nesting is kept in an array, not on the call stack.
private struct JSONScanner {
    private enum Expectation { case value, valueOrEnd, key, keyOrEnd, commaOrEnd, nothing }

    private let bytes: [UInt8]
    private var index = 0
    private var output = ""

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    mutating func document() throws(JSONSyntaxError) -> String {
        var open: [UInt8] = []
        var expected = Expectation.value
        while true {
            skipSpace()
            guard index < bytes.count else {
                guard expected == .nothing else { throw error("unexpected end") }
                return output
            }
            let byte = bytes[index]
            switch (expected, byte) {
            case (.nothing, _): throw error("unexpected text after the value")
            case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
                try push(byte, &open)
                expected = .keyOrEnd
            case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
                try push(byte, &open)
                expected = .valueOrEnd
            case (.valueOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")):
                expected = pop(byte, &open)
            case (.commaOrEnd, UInt8(ascii: "]")) where open.last == UInt8(ascii: "["),
                (.commaOrEnd, UInt8(ascii: "}")) where open.last == UInt8(ascii: "{"):
                expected = pop(byte, &open)
            case (.commaOrEnd, UInt8(ascii: ",")):
                emit(byte)
                expected = open.last == UInt8(ascii: "{") ? .key : .value
            case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
                try string()
                skipSpace()
                guard index < bytes.count else { throw error("unexpected end") }
                guard bytes[index] == UInt8(ascii: ":") else { throw error("expected ':' after the key") }
                emit(bytes[index])
                expected = .value
            case (.key, _), (.keyOrEnd, _): throw error("expected a key in double quotes")
            case (.commaOrEnd, _):
                throw error("expected ',' or the end of the \(open.last == 0x7B ? "object" : "array")")
            default:
                try scalar(byte)
                expected = open.isEmpty ? .nothing : .commaOrEnd
            }
        }
    }

    private mutating func push(_ byte: UInt8, _ open: inout [UInt8]) throws(JSONSyntaxError) {
        guard open.count < JSONText.maximumDepth else { throw error("nested deeper than \(JSONText.maximumDepth)") }
        open.append(byte)
        emit(byte)
    }

    private mutating func pop(_ byte: UInt8, _ open: inout [UInt8]) -> Expectation {
        open.removeLast()
        emit(byte)
        return open.isEmpty ? .nothing : .commaOrEnd
    }

    private mutating func scalar(_ byte: UInt8) throws(JSONSyntaxError) {
        switch byte {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default: throw error("unexpected '\(Sanitizer.visible(bytes: [byte]))'")
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONSyntaxError) {
        let length = word.utf8CodeUnitCount
        let found = bytes[index..<min(bytes.count, index + length)]
        guard word.withUTF8Buffer({ $0.elementsEqual(found) }) else { throw error("expected '\(word)'") }
        for _ in 0..<length { emit(bytes[index]) }
    }

    private mutating func number() throws(JSONSyntaxError) {
        if peek == UInt8(ascii: "-") { emit(bytes[index]) }
        if peek == UInt8(ascii: "0") {
            emit(bytes[index])
            guard !isDigit(peek) else { throw error("a number cannot begin with 0") }
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            emit(bytes[index])
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            emit(bytes[index])
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { emit(bytes[index]) }
            try digits()
        }
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard let first = peek else { throw error("unexpected end") }
        guard isDigit(first) else { throw error("expected a digit") }
        while isDigit(peek) { emit(bytes[index]) }
    }

    private mutating func string() throws(JSONSyntaxError) {
        emit(bytes[index])
        while true {
            guard let byte = peek else { throw error("unexpected end inside a string") }
            if byte == UInt8(ascii: "\"") {
                emit(byte)
                return
            }
            if byte == UInt8(ascii: "\\") {
                try escape()
            } else if byte < 0x20 {
                throw error("a control character inside a string must be escaped")
            } else {
                guard case .scalar(let scalar, let length) = UTF8Step(bytes[index...].prefix(4)) else {
                    throw error("a byte that is no UTF-8")
                }
                output += JSONValue.escaped(scalar)
                index += length
            }
        }
    }

    private mutating func escape() throws(JSONSyntaxError) {
        emit(bytes[index])
        guard let kind = peek else { throw error("unexpected end inside a string") }
        guard "\"\\/bfnrtu".utf8.contains(kind) else { throw error("unknown escape in a string") }
        emit(kind)
        guard kind == UInt8(ascii: "u") else { return }
        for _ in 0..<4 {
            guard let digit = peek else { throw error("unexpected end inside a string") }
            guard isDigit(digit) || (0x41...0x46).contains(digit) || (0x61...0x66).contains(digit) else {
                throw error("expected four hexadecimal digits")
            }
            emit(digit)
        }
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }

    /// Copies one ASCII byte.
    private mutating func emit(_ byte: UInt8) {
        output.unicodeScalars.append(Unicode.Scalar(byte))
        index += 1
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private func error(_ reason: String) -> JSONSyntaxError { JSONSyntaxError(reason: reason, offset: index) }
}
