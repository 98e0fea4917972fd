// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Foundation
import Stint
import StintCrypto
import Testing

@Suite struct KeyFileTests {
    @Test("A file of keys is made readable by its owner only, takes further keys, and says which seals")
    func life() throws {
        try withPath { path in
            try KeyringFile(newKey: "a").write(to: path)
            #expect(try mode(path) == 0o600)
            let first = try Keyring(file: path)
            var file = try KeyringFile(path: path)
            try file.add(newKey: "b")
            try file.add(newKey: "c", onStandby: true)
            try file.write(to: path)
            let second = try Keyring(file: path)
            #expect(second.keyIDs == ["c", "b", "a"] && second.sealingKeyID == "b")
            try file.use(key: "c")
            try file.write(to: path)
            #expect(try Keyring(file: path).sealingKeyID == "c")
            #expect(try mode(path) == 0o600)
            #expect(refusal { try file.use(key: "d") } == .invalidInput)
            #expect(refusal { try file.add(newKey: "a") } == .invalidInput)
            // The unique secret stays.
            let names = [first, second].map { $0.uniqueKey("k", namespace: "n", queue: "q") }
            #expect(names[0] == names[1])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent).count
                    == 1)
        }
    }

    @Test(
        "A file that others may read or write, that is none, or that is missing is refused",
        arguments: [0o640, 0o604, 0o660])
    func access(mode: Int) throws {
        try withPath { path in
            try KeyringFile(newKey: "a").write(to: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            do throws(StintError) {
                _ = try Keyring(file: path)
                Issue.record("accepted")
            } catch {
                #expect(error.message == "The key file \(path) can be read by other users: chmod 600 \(path)")
            }
            #expect(refusal { try Keyring(file: path + ".missing") } == .invalidInput)
            #expect(refusal { try Keyring(file: "/dev/null") } == .invalidInput)
        }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func withPath(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stint-keys-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/keys")
    }
}
#endif
