// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The form of sealed bytes: a version byte, the key's id behind its length byte, 12 bytes of nonce, the ciphertext,
/// 16 bytes of tag.
///
/// It says with which key something is sealed to those who do not have it.
public struct SealedEnvelope: Sendable, Hashable {
    /// The version of the form.
    public static let version: UInt8 = 1
    /// The longest key id.
    public static let longestKeyID = 32
    static let nonceLength = 12
    static let tagLength = 16
    /// The most bytes that sealing adds.
    static let largestOverhead = 2 + longestKeyID + nonceLength + tagLength

    /// Which key opens it.
    public let keyID: String
    /// The number that was used once.
    public let nonce: [UInt8]
    /// The encrypted bytes with the tag behind them.
    public let body: [UInt8]

    /// Puts an envelope together.
    public init(keyID: String, nonce: [UInt8], body: [UInt8]) {
        self.keyID = keyID
        self.nonce = nonce
        self.body = body
    }

    /// Reads an envelope; nil if the bytes are none.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= 2, bytes[0] == Self.version else { return nil }
        let length = Int(bytes[1])
        let body = 2 + length + Self.nonceLength
        guard (1...Self.longestKeyID).contains(length), bytes.count >= body + Self.tagLength else { return nil }
        let id = bytes[2..<2 + length]
        guard id.allSatisfy(Self.isAllowed) else { return nil }
        keyID = String(decoding: id, as: UTF8.self)
        nonce = Array(bytes[2 + length..<body])
        self.body = Array(bytes[body...])
    }

    /// What stands before the nonce; authenticated with the rest.
    public var head: [UInt8] { [Self.version, UInt8(truncatingIfNeeded: keyID.utf8.count)] + Array(keyID.utf8) }

    /// The envelope as it is stored.
    public var bytes: [UInt8] { head + nonce + body }

    /// Whether a text can be a key's id: 1 to 32 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `-`.
    public static func isKeyID(_ text: String) -> Bool {
        (1...longestKeyID).contains(text.utf8.count) && text.utf8.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
