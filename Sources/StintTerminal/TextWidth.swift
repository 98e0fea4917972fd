// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Measures, cuts and pads text by the columns that it takes on a terminal.
///
/// The C library's `wcwidth` is not visible to Swift on Linux and depends on the locale, so a table is carried here.
package enum TextWidth {
    /// Where the text stands inside its field.
    package enum Alignment: Sendable, Hashable {
        case left, right
    }

    /// Counts the columns of one scalar: 0 for combining and invisible ones, 2 for East Asian wide and emoji, else 1.
    package static func columns(of scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 {
            return (value < 0x20 || (0x7F..<0xA0).contains(value) || value == 0xAD) ? 0 : 1
        }
        // The vowels and final consonants of Hangul join the syllable that a wide leading consonant began.
        if (0x1160...0x11FF).contains(value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
        default: return isWide(value) ? 2 : 1
        }
    }

    /// Counts the columns of one character as a reader sees it.
    package static func columns(of character: Character) -> Int {
        var columns = 0
        for scalar in character.unicodeScalars {
            // A skin tone colours the emoji before it; alone it is an emoji itself.
            if columns > 0, (0x1F3FB...0x1F3FF).contains(scalar.value) { continue }
            columns += Self.columns(of: scalar)
        }
        return columns
    }

    /// Counts the columns of a text, which is expected to hold no control sequences.
    package static func columns(of text: String) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + columns(of: $1) }
    }

    /// Counts the columns of a text that may be painted in colours.
    package static func columns(ofPainted text: String) -> Int {
        guard text.utf8.contains(0x1B) else { return columns(of: text) }
        let parts = text.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        // Behind each escape character stands `[…m`: Style writes no other sequence.
        let plain = parts.dropFirst().map { $0.drop { $0 != "m" }.dropFirst() }
        return columns(of: String(parts[0]) + plain.joined())
    }

    /// Cuts a text to at most `width` columns; the last one becomes `ellipsis` where something was cut.
    ///
    /// A wide character that would be cut in half is left out whole, so the result can be one column shorter.
    package static func cut(_ text: String, to width: Int, ellipsis: String = "…") -> String {
        guard columns(of: text) > width else { return text }
        let room = width - columns(of: ellipsis)
        guard room >= 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let next = columns(of: character)
            guard used + next <= room else { break }
            result.append(character)
            used += next
        }
        return result + ellipsis
    }

    /// Fills a text with spaces up to `width` columns; a longer one is returned as it is.
    package static func pad(_ text: String, to width: Int, _ alignment: Alignment = .left) -> String {
        let missing = width - columns(of: text)
        guard missing > 0 else { return text }
        let space = String(repeating: " ", count: missing)
        return alignment == .left ? text + space : space + text
    }

    private static func isWide(_ value: UInt32) -> Bool {
        var low = 0
        var high = wide.count
        while low < high {
            let middle = (low + high) / 2
            let (first, last) = wide[middle]
            if value < first {
                high = middle
            } else if value > last {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }

    /// Ranges with East_Asian_Width W or F, emoji presentation included; reserved gaps inside a block are joined.
    private static let wide: [(UInt32, UInt32)] = [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0),
        (0x23F3, 0x23F3), (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F),
        (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5),
        (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5),
        (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728),
        (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55),
        (0x2E80, 0x303E), (0x3041, 0x3247), (0x3250, 0x4DBF), (0x4E00, 0xA4C6), (0xA960, 0xA97C),
        (0xAC00, 0xD7A3), (0xF900, 0xFAD9), (0xFE10, 0xFE19), (0xFE30, 0xFE6B), (0xFF01, 0xFF60),
        (0xFFE0, 0xFFE6), (0x16FE0, 0x18D08), (0x1AFF0, 0x1B2FB), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF),
        (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F265), (0x1F300, 0x1F320), (0x1F32D, 0x1F335),
        (0x1F337, 0x1F37C), (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3), (0x1F3E0, 0x1F3F0),
        (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440), (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D),
        (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A), (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4),
        (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6DF),
        (0x1F6EB, 0x1F6EC), (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7F0), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945),
        (0x1F947, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ]
}
