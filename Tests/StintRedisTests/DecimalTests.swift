// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@Suite struct DecimalTests {
    @Test(
        "A number is written with the digits that its text has",
        arguments: [0, 7, 9, 10, 26, 99, 100, 101, 1_000_000, 1_799_999_999_999_999, .max, -1, -10, .min])
    func digits(number: Int) {
        var bytes = Array("a:".utf8)
        bytes.appendDecimal(number)
        #expect(bytes == Array("a:\(number)".utf8))
    }
}
