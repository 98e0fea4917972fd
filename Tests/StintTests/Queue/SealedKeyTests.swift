// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting
import Testing

/// A codec of one's own is held to the limits as well.
@Suite struct SealedKeyTests {
    /// Seals nothing, and makes unique keys of a length.
    private struct LongKeys: PayloadCodec {
        var length: Int

        func seal(_ bytes: [UInt8], for binding: SealBinding) throws(StintError) -> [UInt8] {
            SealedEnvelope(
                keyID: "k", nonce: Array(repeating: 0, count: 12), body: bytes + Array(repeating: 0, count: 16)
            )
            .bytes
        }

        func open(_ sealed: [UInt8], for binding: SealBinding) throws(StintError) -> [UInt8] {
            throw StintError(.unknownKey, "Nothing is opened here.")
        }

        func uniqueKey(_ key: String, namespace: String, queue: String) -> String {
            String(repeating: "x", count: length)
        }
    }

    @Test("A unique key that a codec made too long is refused, and nothing is enqueued", arguments: [0, 256, 257])
    func length(_ length: Int) async throws {
        try await withStint(sealing: Sealing(LongKeys(length: length))) { stint in
            let client = stint.client
            let options = JobOptions(unique: .key("k", onConflict: .reject))
            if length == 256 {
                let receipt = try await client.enqueue(name: "n", payload: [1], options: options)
                #expect(receipt.isNew)
            } else {
                let error = await #expect(throws: StintError.self) {
                    try await client.enqueue(name: "n", payload: [1], options: options)
                }
                #expect(error?.code == .invalidInput)
                #expect(error?.message.contains("unique key of \(length) bytes") == true)
            }
        }
    }
}
