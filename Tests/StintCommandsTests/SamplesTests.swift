// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintCommands

@Suite struct SamplesTests {
    @Test("A percentile is one of the samples: the smallest that is not less than so many of them")
    func nearestRank() {
        let samples = Samples((1...200).shuffled().map { .milliseconds($0) })
        #expect(samples.percentile(0.5) == .milliseconds(100))
        #expect(samples.percentile(0.99) == .milliseconds(198))
        #expect(samples.percentile(1) == .milliseconds(200))
        #expect(samples.percentile(0.001) == .milliseconds(1))
    }

    @Test("One sample is every percentile, none is none")
    func few() {
        #expect(Samples([.seconds(3)]).percentile(0.99) == .seconds(3))
        #expect(Samples([]).percentile(0.5) == nil)
    }
}
