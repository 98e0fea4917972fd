// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Sealed bytes where Redis holds a text: `{sealed:` and Base64 and `}`, maybe behind words of a script.
enum SealedText {
    private static let opening = "{sealed:"

    /// Wraps sealed bytes.
    static func wrap(_ sealed: [UInt8]) -> String { opening + Data(sealed).base64EncodedString() + "}" }

    /// How many bytes of text fit sealed and wrapped into a limit.
    static func room(in limit: Int) -> Int {
        max(0, (limit - opening.utf8.count - 1) / 4 * 3 - SealedEnvelope.largestOverhead)
    }

    /// Finds sealed bytes at the end of a text, and what stands before them.
    static func find(in text: String) -> (before: Substring, sealed: [UInt8])? {
        guard text.last == "}", let start = text.firstRange(of: opening) else { return nil }
        guard let data = Data(base64Encoded: String(text[start.upperBound...].dropLast())) else { return nil }
        return (text[..<start.lowerBound], [UInt8](data))
    }
}
