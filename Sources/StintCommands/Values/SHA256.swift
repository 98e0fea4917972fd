// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Digests bytes with SHA-256 (FIPS 180-4), in which Redis keeps the passwords of its users.
///
/// The command line builds without the cryptography packages, and a password is all that it digests.
package enum SHA256 {
    /// Returns the digest as 64 lower-case hexadecimal digits.
    package static func hex(_ message: [UInt8]) -> String {
        var state = roots(power: 2, count: 8)
        let constants = roots(power: 3, count: 64)
        let length = UInt64(message.count) * 8
        let zeros = (119 - message.count % 64) % 64
        let padded =
            message + [0x80] + [UInt8](repeating: 0, count: zeros)
            + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
        for start in stride(from: 0, to: padded.count, by: 64) {
            compress(padded[start..<(start + 64)], into: &state, constants)
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32], _ constants: [UInt32]) {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { at in
            block[at..<(at + 4)].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let small = turned(early, 7) ^ turned(early, 18) ^ early >> 3
            let large = turned(late, 17) ^ turned(late, 19) ^ late >> 10
            words.append(words[index - 16] &+ small &+ words[index - 7] &+ large)
        }
        var v = state
        for index in 0..<64 {
            let choice = v[4] & v[5] ^ ~v[4] & v[6]
            let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
            let first =
                v[7] &+ (turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)) &+ choice &+ constants[index]
                &+ words[index]
            let second = (turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)) &+ majority
            v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        for index in 0..<8 { state[index] &+= v[index] }
    }

    private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

    /// The first 32 bits of the fractional parts of the square or cube roots of the first primes.
    private static func roots(power: Int, count: Int) -> [UInt32] {
        var primes: [Int] = []
        var number = 2
        while primes.count < count {
            if !primes.contains(where: { number.isMultiple(of: $0) }) { primes.append(number) }
            number += 1
        }
        return primes.map { prime in
            // The whole number whose square or cube is just below prime · 2^(32 · power), found bit by bit.
            var root: UInt64 = 0
            for bit in (0..<38).reversed() {
                let next = root | 1 << UInt64(bit)
                if !exceeds(next, power, UInt64(prime)) { root = next }
            }
            return UInt32(truncatingIfNeeded: root)
        }
    }

    /// Whether root^power > prime · 2^(32 · power), for roots below 2^38.
    private static func exceeds(_ root: UInt64, _ power: Int, _ prime: UInt64) -> Bool {
        let limit = UInt128(prime) << UInt128(32 * power)
        return (0..<power).reduce(UInt128(1)) { product, _ in product * UInt128(root) } > limit
    }
}
