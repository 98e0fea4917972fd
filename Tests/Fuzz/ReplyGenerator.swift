// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Makes replies that a Redis might send, with what a reader must make of them.
struct ReplyGenerator {
    var dice: Dice
    /// How many elements of arrays one reply may still get.
    private var elements = 0

    init(dice: Dice, elements: Int) {
        self.dice = dice
        self.elements = elements
    }

    /// Returns a reply and its bytes.
    ///
    /// - Parameter depth: How many levels of arrays it may have; a null array is one as well.
    mutating func reply(depth: Int) -> (value: RedisValue, bytes: [UInt8]) {
        switch Int.random(in: 0..<(depth > 0 && elements > 0 ? 9 : 6), using: &dice) {
        case 0:
            return (.null, Array((depth == 0 || dice.hits(oneIn: 2) ? "$-1\r\n" : "*-1\r\n").utf8))
        case 1:
            let number =
                dice.hits(oneIn: 2) ? Int64(Int8(truncatingIfNeeded: dice.next())) : Int64(bitPattern: dice.next())
            return (.integer(number), Array(":\(number)\r\n".utf8))
        case 2:
            let line = self.line()
            return (.status(line), [UInt8(ascii: "+")] + line + [13, 10])
        case 3:
            let line = self.line()
            return (.error(RedisServerError(line: line)), [UInt8(ascii: "-")] + line + [13, 10])
        case 4, 5:
            let count =
                dice.hits(oneIn: 20) ? Int.random(in: 0...40_000, using: &dice) : Int.random(in: 0...40, using: &dice)
            let bytes = dice.bytes(count)
            return (.bytes(bytes), Array("$\(count)\r\n".utf8) + bytes + [13, 10])
        default:
            return array(depth: depth)
        }
    }

    private mutating func array(depth: Int) -> (value: RedisValue, bytes: [UInt8]) {
        let count = min(elements, dice.hits(oneIn: 30) ? 300 : Int.random(in: 0...4, using: &dice))
        elements -= count
        var values: [RedisValue] = []
        var bytes = Array("*\(count)\r\n".utf8)
        for _ in 0..<count {
            let element = reply(depth: depth - 1)
            values.append(element.value)
            bytes += element.bytes
        }
        return (.array(values), bytes)
    }

    /// Any bytes but those that end a line.
    private mutating func line() -> [UInt8] {
        dice.bytes(Int.random(in: 0...60, using: &dice)).filter { $0 != 13 && $0 != 10 }
    }
}
