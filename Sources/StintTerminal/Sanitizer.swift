// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Makes text from outside (payloads, errors, logs, names) safe to print on a terminal.
///
/// What could move the cursor, hide or reorder text becomes visible as `\u{1b}`; a byte that is no UTF-8 becomes `\xff`.
package enum Sanitizer {
    /// What happens to line feeds and tabs.
    package enum Layout: Sendable, Hashable {
        /// Both become visible: the result is one line.
        case line
        /// Line feeds stay, tabs become four spaces.
        case block
    }

    /// More combining marks on one letter than any writing system uses paint over neighbouring lines.
    private static let marksAllowed = 6

    /// Tells whether a terminal shows this scalar as itself and nothing but itself.
    package static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 0x7F { return value >= 0x20 }
        if value < 0xA0 { return false }
        switch value {
        case 0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0: return false
        case 0x180B...0x180F: return false
        case 0xFE0E, 0xFE0F: return true
        case 0xFE00...0xFE0D, 0xFFF0...0xFFFF, 0xE0000...0xE0FFF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
        case .unassigned, .privateUse: return !scalar.properties.isNoncharacterCodePoint
        default: return true
        }
    }

    /// Returns the text with everything unsafe made visible.
    package static func visible(_ text: String, layout: Layout = .line) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        var marks = 0
        for scalar in text.unicodeScalars { append(scalar, to: &result, layout: layout, marks: &marks) }
        return result
    }

    /// Returns bytes as text with everything unsafe, and every byte that is no UTF-8, made visible.
    package static func visible(bytes: some Sequence<UInt8>, layout: Layout = .line) -> String {
        var result = ""
        var marks = 0
        var pending: [UInt8] = []
        for byte in bytes {
            // At most four bytes are looked at together, so broken input costs no more than good input.
            pending.append(byte)
            while let step = UTF8Step(pending) {
                switch step {
                case .scalar(let scalar, let length):
                    append(scalar, to: &result, layout: layout, marks: &marks)
                    pending.removeFirst(length)
                case .invalid:
                    result += escape(byte: pending.removeFirst())
                    marks = 0
                }
            }
        }
        for byte in pending { result += escape(byte: byte) }
        return result
    }

    private static func append(
        _ scalar: Unicode.Scalar, to result: inout String, layout: Layout, marks: inout Int
    ) {
        if layout == .block, scalar == "\n" || scalar == "\t" {
            result += scalar == "\n" ? "\n" : "    "
            marks = 0
            return
        }
        let isMark = scalar.value >= 0x300 && TextWidth.columns(of: scalar) == 0
        marks = isMark ? marks + 1 : 0
        if isSafe(scalar), marks <= marksAllowed {
            result.unicodeScalars.append(scalar)
        } else {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    private static func escape(byte: UInt8) -> String {
        "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }
}
