// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Finds the members of a JSON object and where their values stand, without decoding anything.
///
/// For input of many lines: it walks over the bytes once and writes nothing. ``JSONText`` says what is wrong with
/// bytes that it refuses.
package struct JSONOutline: Sendable {
    /// One member of the object.
    package struct Member: Sendable {
        /// The name between the quotes, as it stands there.
        package let name: ArraySlice<UInt8>
        /// The value, as it stands there.
        package let value: ArraySlice<UInt8>
    }

    /// The members in their order; `nil` if the value is no object.
    package let members: [Member]?
    /// The value without the space around it.
    package let value: ArraySlice<UInt8>

    /// Reads exactly one JSON value; `nil` if the bytes are none.
    package init?(_ bytes: ArraySlice<UInt8>) {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var walker = JSONWalker(bytes: bytes, index: bytes.startIndex)
        walker.skipSpace()
        let start = walker.index
        var members: [Member]?
        if walker.peek == UInt8(ascii: "{") {
            guard let found = walker.members() else { return nil }
            members = found
        } else {
            guard walker.skipValue() else { return nil }
        }
        value = bytes[start..<walker.index]
        walker.skipSpace()
        guard walker.index == bytes.endIndex else { return nil }
        self.members = members
    }
}

/// Steps over JSON.
///
/// Nesting is kept in an array, not on the call stack.
private struct JSONWalker {
    let bytes: ArraySlice<UInt8>
    var index: Int

    var peek: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    mutating func members() -> [JSONOutline.Member]? {
        var members: [JSONOutline.Member] = []
        index += 1
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            let start = index
            guard skipString() else { return nil }
            let name = bytes[start + 1..<index - 1]
            skipSpace()
            guard take(":") else { return nil }
            skipSpace()
            let value = index
            guard skipValue() else { return nil }
            members.append(.init(name: name, value: bytes[value..<index]))
            skipSpace()
            if take("}") { return members }
            guard take(",") else { return nil }
        }
    }

    mutating func skipValue() -> Bool {
        var open: [UInt8] = []
        while true {
            skipSpace()
            guard let byte = peek else { return false }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                // One level less than JSONText allows: the object around this value is the first.
                guard open.count < JSONText.maximumDepth - 1 else { return false }
                open.append(byte)
                index += 1
                skipSpace()
                if take(byte == UInt8(ascii: "{") ? "}" : "]") {
                    open.removeLast()
                } else if byte == UInt8(ascii: "{") {
                    guard skipKey() else { return false }
                    continue
                } else {
                    continue
                }
            case UInt8(ascii: "\""): guard skipString() else { return false }
            case UInt8(ascii: "t"): guard skip("true") else { return false }
            case UInt8(ascii: "f"): guard skip("false") else { return false }
            case UInt8(ascii: "n"): guard skip("null") else { return false }
            default: guard skipNumber() else { return false }
            }
            // Behind a value: close what ends here, go on behind a comma.
            while true {
                guard let last = open.last else { return true }
                skipSpace()
                if take(",") {
                    if last == UInt8(ascii: "{"), !skipKey() { return false }
                    break
                }
                guard take(last == UInt8(ascii: "{") ? "}" : "]") else { return false }
                open.removeLast()
            }
        }
    }

    private mutating func skipKey() -> Bool {
        skipSpace()
        guard skipString() else { return false }
        skipSpace()
        return take(":")
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.endIndex, word.withUTF8Buffer({ $0.elementsEqual(bytes[index..<end]) }) else { return false }
        index = end
        return true
    }

    private mutating func skipString() -> Bool {
        guard take("\"") else { return false }
        while let byte = peek {
            index += 1
            if byte == UInt8(ascii: "\"") { return true }
            guard byte >= 0x20 else { return false }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let kind = peek, "\"\\/bfnrtu".utf8.contains(kind) else { return false }
            index += 1
            guard kind == UInt8(ascii: "u") else { continue }
            for _ in 0..<4 {
                guard let digit = peek, isHexadecimal(digit) else { return false }
                index += 1
            }
        }
        return false
    }

    private mutating func skipNumber() -> Bool {
        _ = take("-")
        if !take("0"), !skipDigits() { return false }
        if take("."), !skipDigits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard skipDigits() else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
        return index > start
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
