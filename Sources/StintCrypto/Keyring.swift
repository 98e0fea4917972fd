// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Crypto
import FoundationEssentials
public import Stint

/// The keys that seal what jobs carry: one seals, all open, AES-256-GCM.
///
/// ```swift
/// let keys = try Keyring(file: "/etc/stint/keys")
/// let client = try StintClient(.init(redis: redis), sealing: Sealing(keys), logger: logger)
/// ```
///
/// Read once: a process that is to know a new key is started anew. Nonces are random, so one key should seal at most
/// 2^32 values (some four thousand million), after which another takes its place.
public struct Keyring: PayloadCodec {
    /// The ids of all keys, in the order of the file.
    public let keyIDs: [String]
    /// The id of the key that seals.
    public let sealingKeyID: String
    private let keys: [String: SymmetricKey]
    private let uniqueSecret: SymmetricKey

    /// Reads a keyring from a file that nobody but its owner can read or write.
    ///
    /// - Throws: ``StintError`` with code `invalidInput`; no message holds anything of a key.
    public init(file path: String) throws(StintError) {
        self.init(try KeyringFile(path: path))
    }

    /// Reads a keyring from text in the form of a key file.
    public init(text: String) throws(StintError) {
        self.init(try KeyringFile(text: text, path: "the keyring"))
    }

    init(_ file: KeyringFile) {
        keyIDs = file.keys.map(\.id)
        sealingKeyID = file.sealing
        keys = Dictionary(file.keys.map { ($0.id, SymmetricKey(data: $0.bytes)) }) { first, _ in first }
        uniqueSecret = SymmetricKey(data: file.unique)
    }

    /// Seals with the sealing key.
    public func seal(_ bytes: [UInt8], for binding: SealBinding) throws(StintError) -> [UInt8] {
        let head = SealedEnvelope(keyID: sealingKeyID, nonce: [], body: []).head
        guard let key = keys[sealingKeyID] else { throw .missing(sealingKeyID, binding) }
        do {
            let box = try AES.GCM.seal(bytes, using: key, authenticating: head + binding.bytes)
            let body = Array(box.ciphertext) + Array(box.tag)
            return SealedEnvelope(keyID: sealingKeyID, nonce: Array(box.nonce), body: body).bytes
        } catch {
            throw StintError(.internalError, "The \(binding.purpose.rawValue) cannot be sealed.")
        }
    }

    /// Opens with the key that the envelope names.
    public func open(_ sealed: [UInt8], for binding: SealBinding) throws(StintError) -> [UInt8] {
        guard let envelope = SealedEnvelope(sealed) else { throw .notAuthentic(binding, nil) }
        guard let key = keys[envelope.keyID] else { throw .missing(envelope.keyID, binding) }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: envelope.nonce), ciphertext: envelope.body.dropLast(16),
                tag: envelope.body.suffix(16))
            return [UInt8](try AES.GCM.open(box, using: key, authenticating: envelope.head + binding.bytes))
        } catch {
            throw .notAuthentic(binding, envelope.keyID)
        }
    }

    /// Makes a digest (HMAC-SHA-256) with a secret of its own, which stays when other keys come and go.
    public func uniqueKey(_ key: String, namespace: String, queue: String) -> String {
        // No namespace or queue has a colon.
        let text = Array("\(namespace):\(queue):\(key)".utf8)
        let digest = HMAC<SHA256>.authenticationCode(for: text, using: uniqueSecret)
        return "hmac-" + Hexadecimal.encode(Array(digest))
    }
}

extension Keyring: CustomStringConvertible, CustomReflectable {
    /// The ids of the keys, and nothing of the keys.
    public var description: String { "Keyring(\(keyIDs.joined(separator: ", ")))" }

    /// Shows the ids only.
    public var customMirror: Mirror { Mirror(self, children: ["keyIDs": keyIDs, "sealingKeyID": sealingKeyID]) }
}

extension StintError {
    fileprivate static func missing(_ key: String, _ binding: SealBinding) -> Self {
        StintError(
            .unknownKey, "The \(binding.purpose.rawValue) is sealed with key \(key), which is not in the keyring.")
    }

    fileprivate static func notAuthentic(_ binding: SealBinding, _ key: String?) -> Self {
        let form = key.map { "with key \($0)" } ?? "in any known form"
        return StintError(
            .notAuthentic,
            "The \(binding.purpose.rawValue) is not authentic: it was not sealed \(form) for this job, queue and name.")
    }
}
#endif
