// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal
import Testing

@Suite struct NumberAndTimeTests {
    @Test("Digits are grouped by three")
    func grouped() {
        #expect(NumberText.grouped(0) == "0")
        #expect(NumberText.grouped(184_302) == "184 302")
        #expect(NumberText.grouped(-1_000) == "-1 000")
        #expect(NumberText.grouped(Int64.min) == "-9 223 372 036 854 775 808")
    }

    @Test("Shares, rates and sizes have as many digits as they mean")
    func shares() {
        #expect(NumberText.percent(0.57) == "57 %")
        #expect(NumberText.percent(0.004) == "0.4 %")
        #expect(NumberText.percent(0) == "0 %")
        #expect(NumberText.rate(512.1) == "512")
        #expect(NumberText.rate(6.08) == "6.1")
        #expect(NumberText.fixed(-0.04, decimals: 1) == "0.0")
        #expect(NumberText.fixed(9.96, decimals: 1) == "10.0")
        #expect(NumberText.fixed(38_120.25, decimals: 2) == "38 120.25")
        #expect(NumberText.fixed(.infinity, decimals: 1) == "-")
        #expect(NumberText.bytes(512) == "512 B")
        #expect(NumberText.bytes(1_181_116_006) == "1.1 GB")
        #expect(NumberText.bytes(65_536) == "64 KB")
    }

    @Test(
        "Lengths are written with units",
        arguments: [
            (0, "0ms"), (361, "361ms"), (6_200, "6.2s"), (9_960, "10s"), (27_400, "27s"), (59_600, "1m"),
            (362_000, "6m 02s"), (12_420_000, "3h 27m"), (187_200_000, "2d 4h"), (-5_000, "-5.0s"),
        ])
    func lengths(milliseconds: Int, expected: String) {
        #expect(TimeText.length(.milliseconds(milliseconds)) == expected)
    }

    @Test("Offsets are told from now")
    func relative() {
        #expect(TimeText.relative(.seconds(-7_300)) == "2h ago")
        #expect(TimeText.relative(.seconds(300)) == "in 5m")
        #expect(TimeText.relative(.milliseconds(-20)) == "now")
        #expect(TimeText.short(.seconds(93_600)) == "1d")
    }

    @Test(
        "Instants are written in ISO 8601",
        arguments: [
            (1_795_328_407_113, 0, "2026-11-22T06:20:07.113Z"),
            (1_795_328_407_113, 28_800, "2026-11-22T14:20:07.113+08:00"),
            (0, -16_200, "1969-12-31T19:30:00.000-04:30"), (951_782_400_000, 0, "2000-02-29T00:00:00.000Z"),
            (-1, 0, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999, 0, "2100-02-28T23:59:59.999Z"),
        ] as [(Int64, Int, String)])
    func instants(milliseconds: Int64, offset: Int, expected: String) {
        #expect(CalendarTime(milliseconds: milliseconds, offsetSeconds: offset).iso8601 == expected)
    }
}
