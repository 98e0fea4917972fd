// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Foundation
import Stint
import StintCrypto
import Testing

@Suite struct KeyringTests {
    private func binding(
        _ namespace: String = "stint", _ queue: String = "mail", _ id: String = "a1", _ name: String = "send",
        _ purpose: SealBinding.Purpose = .payload
    ) throws -> SealBinding {
        SealBinding(namespace: namespace, queue: queue, id: try JobID(id), name: name, purpose: purpose)
    }

    @Test(
        "What was sealed opens in its place, and twice the same has no byte of cipher in common",
        arguments: [0, 1, 70_000])
    func roundTrip(length: Int) throws {
        let ring = try Keyring(text: TestKeys.one)
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try ring.seal(bytes, for: binding())
        #expect(try ring.open(sealed, for: binding()) == bytes)
        #expect(sealed.count == length + 30 + ring.sealingKeyID.utf8.count)
        #expect(try ring.seal(bytes, for: binding()) != sealed)
        let envelope = try #require(SealedEnvelope(sealed))
        #expect(envelope.keyID == "k1" && envelope.bytes == sealed)
    }

    @Test("It opens in no other place")
    func moved() throws {
        let ring = try Keyring(text: TestKeys.one)
        let sealed = try ring.seal([1, 2, 3], for: binding())
        let others = [
            try binding("other"), try binding("stint", "other"), try binding("stint", "mail", "a2"),
            try binding("stint", "mail", "a1", "other"), try binding("stint", "mail", "a1", "send", .result),
            // The same letters, cut elsewhere.
            try binding("stin", "tmail"), try binding("stint", "mail", "a1s", "end"),
        ]
        for other in others { #expect(refusal { try ring.open(sealed, for: other) } == .notAuthentic) }
    }

    @Test("No byte of it can be changed, and none left out")
    func altered() throws {
        let ring = try Keyring(text: TestKeys.two)
        let sealed = try ring.seal(Array("payload".utf8), for: binding())
        for index in sealed.indices {
            var bytes = sealed
            bytes[index] ^= 1
            let code = try #require(refusal { try ring.open(bytes, for: binding()) })
            #expect(code == .notAuthentic || code == .unknownKey, "\(index)")
        }
        for length in 0..<sealed.count {
            #expect(refusal { try ring.open(Array(sealed.prefix(length)), for: binding()) } == .notAuthentic)
        }
        #expect(refusal { try ring.open(Array("{}".utf8), for: binding()) } == .notAuthentic)
        // The other key of the same ring, named in the envelope.
        var bytes = sealed
        bytes[3] = UInt8(ascii: "1")
        #expect(refusal { try ring.open(bytes, for: binding()) } == .notAuthentic)
    }

    @Test("Older keys open, the sealing one seals, and a key that is not there is named")
    func rotation() throws {
        let (old, new) = (try Keyring(text: TestKeys.one), try Keyring(text: TestKeys.two))
        let sealed = try old.seal([1], for: binding())
        #expect(try new.open(sealed, for: binding()) == [1])
        #expect(new.sealingKeyID == "k2" && new.keyIDs == ["k2", "k1"])
        do throws(StintError) {
            _ = try old.open(
                new.seal(
                    [1], for: SealBinding(namespace: "s", queue: "q", id: JobID("a"), name: "n", purpose: .result)),
                for: SealBinding(namespace: "s", queue: "q", id: JobID("a"), name: "n", purpose: .result))
            Issue.record("it opened")
        } catch {
            #expect(error.code == .unknownKey)
            #expect(error.message == "The result is sealed with key k2, which is not in the keyring.")
        }
        // Unique keys stay what they are.
        let keys = [old, new].map { $0.uniqueKey("order:7", namespace: "stint", queue: "mail") }
        #expect(keys[0] == keys[1] && keys[0].hasPrefix("hmac-") && !keys[0].contains("order"))
        #expect(old.uniqueKey("order:7", namespace: "stint", queue: "other") != keys[0])
        #expect(old.uniqueKey("order:8", namespace: "stint", queue: "mail") != keys[0])
    }

    @Test("Neither printing nor dumping a keyring shows a key")
    func silence() throws {
        let ring = try Keyring(text: TestKeys.two)
        let file = try KeyringFile(newKey: "k9")
        var text = "\(ring) \(String(reflecting: ring)) \(file) \(String(reflecting: file))"
        dump(ring, to: &text)
        dump(file, to: &text)
        dump(Sealing(ring), to: &text)
        #expect(text.contains("k1") && text.contains("k9"))
        for secret in TestKeys.secrets { #expect(!text.contains(secret)) }
        #expect(!text.contains("bytes") && !text.contains("Symmetric"))
    }

    @Test("Keys are read as Base64 and as hexadecimal; a bad line is named by its number and never quoted")
    func text() throws {
        let hex = String(repeating: "0f", count: 32)
        let ring = try Keyring(text: "# mine\n\nunique \(hex)\nseal a \(TestKeys.secrets[0])\nopen b \(hex)\r\n")
        #expect(ring.keyIDs == ["a", "b"])
        let secret = "notakeynotakeynotakey"
        let bad = [
            "", "unique \(hex)", "seal a \(hex)", "unique \(hex)\nseal a \(hex)\nseal b \(hex)",
            "unique \(hex)\nunique \(hex)\nseal a \(hex)", "unique \(hex)\nseal a \(secret)",
            "unique \(hex)\nseal \(hex)",
            "unique \(hex)\nseal a \(hex)\nopen a \(hex)", "unique \(hex)\nseal ü \(hex)", "hello a \(hex)",
            "unique \(hex)\nseal a \(hex.dropLast(2))",
        ]
        for text in bad {
            do throws(StintError) {
                _ = try Keyring(text: text)
                Issue.record("accepted: \(text)")
            } catch {
                #expect(error.code == .invalidInput)
                #expect(!error.message.contains("0f0f") && !error.message.contains(secret), "\(error.message)")
            }
        }
    }
}

/// The code with which something is refused; nil if it is not.
func refusal(_ body: () throws -> some Any) -> StintError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? StintError)?.code
    }
}
#endif
