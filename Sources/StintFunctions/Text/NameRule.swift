// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The rules for names that people choose.
enum NameRule {
    /// A queue or namespace: 1 to 64 bytes of `a`–`z`, `0`–`9`, `.`, `_`, `-`.
    static func check(_ name: String, _ what: String) throws(ParseFailure) {
        let isValid =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isValid else {
            throw ParseFailure("'\(name)' is not a \(what): 1 to 64 characters of a–z, 0–9, '.', '_' and '-'")
        }
    }

    /// A job name: 1 to 128 bytes without control characters.
    static func checkJobName(_ name: String) throws(ParseFailure) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...128).contains(name.utf8.count), isPlain else {
            throw ParseFailure("a job name has 1 to 128 bytes and no control characters")
        }
    }

    /// A time zone that this system knows, or that at least looks like one where the system knows none.
    static func checkTimeZone(_ name: String) throws(ParseFailure) {
        let folder = "/usr/share/zoneinfo"
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let looksRight = parts.allSatisfy { part in
            part.first?.isLetter == true && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } && !part.contains(".")
        }
        let isKnown =
            name == "UTC" || !FileManager.default.fileExists(atPath: folder)
            || FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        guard looksRight, isKnown else {
            throw ParseFailure("'\(name)' is not a time zone: write one like Asia/Shanghai, or UTC")
        }
    }
}
