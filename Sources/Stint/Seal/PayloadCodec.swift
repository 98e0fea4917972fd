// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Seals what jobs carry before it goes to Redis, and opens it again: for a store that others can read or write.
///
/// `StintCrypto` has an implementation, `Keyring`. An own one must be an authenticated cipher: ``open(_:for:)`` refuses
/// whatever was not sealed, by somebody who has the key, for exactly this ``SealBinding``.
public protocol PayloadCodec: Sendable {
    /// Seals bytes for one place; what comes back opens nowhere else.
    func seal(_ bytes: [UInt8], for binding: SealBinding) throws(StintError) -> [UInt8]

    /// Opens what ``seal(_:for:)`` made for the same place.
    ///
    /// - Throws: ``StintError`` with code `unknownKey` if the key is not there, `notAuthentic` if the bytes were altered,
    ///   were sealed for another place, or were never sealed.
    func open(_ sealed: [UInt8], for binding: SealBinding) throws(StintError) -> [UInt8]

    /// Returns the text that stands in Redis for a unique key: the same for the same key, whatever key seals at present.
    ///
    /// At most 256 bytes, no control characters.
    func uniqueKey(_ key: String, namespace: String, queue: String) -> String
}
