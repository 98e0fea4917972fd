// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One case: a stream of bytes that is read whole and in pieces.
struct FuzzCase {
    /// Small, so that they are met often.
    static let limits = ReplyReader.Limits(bulkBytes: 50_000, elements: 1000, lineBytes: 2000)
    /// What the reader may hold that is not yet a reply.
    ///
    /// One item, its announcement, and the piece that is being read; hiredis drops what it has consumed once that is a
    /// kilobyte.
    static let mostHeld = limits.bulkBytes + limits.lineBytes + 16 * 1024 + 2 * 1024

    /// A case that must not be: what was found and the bytes that show it.
    struct Finding: Error {
        var text: String
        var bytes: [UInt8]
    }

    private struct Outcome: Equatable {
        var replies: [RedisValue] = []
        var isViolation = false
        var reason = ""

        static func == (left: Outcome, right: Outcome) -> Bool {
            left.replies == right.replies && left.isViolation == right.isViolation
        }
    }

    /// Runs the case of a seed, and returns how many bytes were read.
    static func run(seed: UInt64) throws -> (bytes: Int, isViolation: Bool) {
        var dice = Dice(seed: seed)
        if dice.hits(oneIn: 10) {
            return try compare(dice.bytes(Int.random(in: 0...400, using: &dice)), nil, &dice)
        }
        var expected: [RedisValue] = []
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...4, using: &dice) {
            var generator = ReplyGenerator(dice: dice, elements: limits.elements)
            // hiredis reads eight levels of arrays.
            let reply = generator.reply(depth: 8)
            dice = generator.dice
            expected.append(reply.value)
            bytes += reply.bytes
        }
        if dice.hits(oneIn: 3) { return try compare(bytes, expected, &dice) }
        return try compare(Mutator.damage(bytes, &dice), nil, &dice)
    }

    private static func compare(
        _ bytes: [UInt8], _ expected: [RedisValue]?, _ dice: inout Dice
    ) throws -> (bytes: Int, isViolation: Bool) {
        let whole = try read(bytes, cuts: [])
        let most = dice.hits(oneIn: 4) ? min(bytes.count, 2000) : min(bytes.count, 12)
        let cuts = (0..<most).map { _ in Int.random(in: 0...bytes.count, using: &dice) }.sorted()
        let pieces = try read(bytes, cuts: cuts)
        // A reader that sees more at a time may deliver before it judges; it must never deliver something else.
        let common = min(whole.replies.count, pieces.replies.count)
        guard whole.replies[..<common] == pieces.replies[..<common] else {
            throw Finding(text: "another reading in pieces (cut at \(cuts))", bytes: bytes)
        }
        guard whole == pieces || (whole.isViolation && pieces.isViolation) else {
            throw Finding(text: "another judgement in pieces (cut at \(cuts))", bytes: bytes)
        }
        if let expected, whole != Outcome(replies: expected) {
            throw Finding(
                text: "a reply that a Redis might send was misread: \(whole.replies.count) of \(expected.count) replies"
                    + (whole.isViolation ? ", then \(whole.reason)" : ""),
                bytes: bytes)
        }
        return (2 * bytes.count, whole.isViolation)
    }

    private static func read(_ bytes: [UInt8], cuts: [Int]) throws -> Outcome {
        let reader = try ReplyReader(limits: limits)
        var outcome = Outcome()
        var start = 0
        for end in cuts + [bytes.count] {
            // A copy of exactly these bytes, so that the sanitizer sees a read beyond them.
            let piece = Array(bytes[start..<end])
            start = end
            do {
                try piece.withUnsafeBytes { try reader.read($0) { outcome.replies.append($0) } }
                // What was read after a violation would be a finding.
                if outcome.isViolation, !piece.isEmpty {
                    throw Finding(text: "it read on after a violation", bytes: bytes)
                }
            } catch let violation as ReplyReader.Violation {
                outcome.isViolation = true
                outcome.reason = violation.reason
            }
            guard reader.heldBytes <= mostHeld else {
                throw Finding(text: "it holds \(reader.heldBytes) bytes", bytes: bytes)
            }
        }
        return outcome
    }
}
