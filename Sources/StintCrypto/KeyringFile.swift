// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import FoundationEssentials
public import Stint

/// A file of keys: `unique`, `seal` and `open` lines, each with 32 bytes in Base64 or hexadecimal.
///
/// ```
/// unique Rkx…=
/// seal 2026-11-25-7f3a Jq0…=
/// open 2026-05-02-x81k 9wZ…=
/// ```
///
/// For programs that make and rotate keys; what seals and opens is a ``Keyring``. The unique secret must stay what it is:
/// with another, unique keys that are held would not be found.
public struct KeyringFile: Sendable {
    struct Key: Sendable {
        let id: String
        let bytes: [UInt8]
    }

    static let keyLength = 32
    private static let largest = 1 << 16

    let unique: [UInt8]
    private(set) var keys: [Key]
    private(set) var sealing: String

    /// Makes a ring with one new key.
    ///
    /// - Throws: ``StintError`` with code `invalidInput` if no key can have that id.
    public init(newKey id: String) throws(StintError) {
        try Self.check(id)
        unique = Self.random()
        keys = [Key(id: id, bytes: Self.random())]
        sealing = id
    }

    /// Reads a file, and refuses one that others may read or write.
    public init(path: String) throws(StintError) {
        try KeyFileAccess.check(path)
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= Self.largest else {
            throw StintError(.invalidInput, "The key file \(path) cannot be read, or is larger than 64 KiB.")
        }
        try self.init(text: String(decoding: data, as: UTF8.self), path: path)
    }

    init(text: String, path: String) throws(StintError) {
        var unique: [UInt8]?
        var sealing: String?
        var keys: [Key] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let verb = words.first, !verb.hasPrefix("#") else { continue }
            let place = "\(path), line \(index + 1)"
            guard let bytes = words.last.flatMap(Self.key), words.count == (verb == "unique" ? 2 : 3) else {
                throw StintError(
                    .invalidInput,
                    "\(place): expected 'unique KEY', 'seal ID KEY' or 'open ID KEY', the key 32 bytes in Base64 or "
                        + "hexadecimal.")
            }
            switch verb {
            case "unique" where unique == nil: unique = bytes
            case "seal" where sealing == nil, "open":
                try Self.check(words[1])
                guard !keys.contains(where: { $0.id == words[1] }) else {
                    throw StintError(.invalidInput, "\(place): a second key with the same id.")
                }
                if verb == "seal" { sealing = words[1] }
                keys.append(Key(id: words[1], bytes: bytes))
            case "unique", "seal": throw StintError(.invalidInput, "\(place): a second '\(verb)' line.")
            default: throw StintError(.invalidInput, "\(place): lines begin with 'unique', 'seal' or 'open'.")
            }
        }
        guard let unique, let sealing else {
            throw StintError(
                .invalidInput, "\(path) needs one 'unique' and one 'seal' line: stint keys new makes them.")
        }
        self.unique = unique
        self.sealing = sealing
        self.keys = keys
    }

    /// The ids of the keys, in their order.
    public var keyIDs: [String] { keys.map(\.id) }

    /// The id of the key that seals.
    public var sealingKeyID: String { sealing }

    /// Adds a new key; it seals from now on unless it is to wait until every process knows it.
    public mutating func add(newKey id: String, onStandby: Bool = false) throws(StintError) {
        try Self.check(id)
        guard !keyIDs.contains(id) else { throw StintError(.invalidInput, "There is a key \(id) already.") }
        keys.insert(Key(id: id, bytes: Self.random()), at: 0)
        if !onStandby { sealing = id }
    }

    /// Lets a key that is there seal.
    public mutating func use(key id: String) throws(StintError) {
        guard keyIDs.contains(id) else { throw StintError(.invalidInput, "There is no key \(id).") }
        sealing = id
    }

    /// Writes the file whole, readable by its owner only, in the place of one that is there.
    public func write(to path: String) throws(StintError) {
        var lines = [
            "# Keys of Stint: 'seal' seals and opens, 'open' only opens. Keep a copy: without them jobs cannot run.",
            "unique \(Data(unique).base64EncodedString())",
        ]
        for key in keys {
            lines.append("\(key.id == sealing ? "seal" : "open") \(key.id) \(Data(key.bytes).base64EncodedString())")
        }
        try KeyFileAccess.write(lines.joined(separator: "\n") + "\n", to: path)
    }

    private static func check(_ id: String) throws(StintError) {
        guard SealedEnvelope.isKeyID(id) else {
            throw StintError(.invalidInput, "A key id has 1 to 32 characters of A–Z, a–z, 0–9, '.', '_' and '-'.")
        }
    }

    private static func key(_ text: String) -> [UInt8]? {
        if text.utf8.count == 2 * keyLength, let bytes = Hexadecimal.decode(text) { return bytes }
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), data.count == keyLength else { return nil }
        return [UInt8](data)
    }

    private static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<keyLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension KeyringFile: CustomStringConvertible, CustomReflectable {
    /// The ids of the keys, and nothing of the keys.
    public var description: String { "KeyringFile(\(keyIDs.joined(separator: ", ")))" }

    /// Shows the ids only.
    public var customMirror: Mirror { Mirror(self, children: ["keyIDs": keyIDs]) }
}
#endif
