// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a run is told by: a table for people, an object for machines.
struct Report: Codable, Sendable {
    let scenario: String
    let seed: UInt64
    let redis: String
    let lease: Int
    let isClean: Bool
    let figures: [Figure]
    let problems: [String]
    let folder: String

    init(_ checker: Checker, folder: String) {
        let run = checker.history.run
        scenario = run.scenario
        seed = run.seed
        redis = run.redisVersion
        lease = run.lease
        isClean = checker.isClean
        figures = checker.figures
        problems = checker.problems
        self.folder = folder
    }

    var table: String {
        let width = figures.map(\.name.count).max() ?? 0
        let values = figures.map(\.value.count).max() ?? 0
        var lines = ["\(scenario): seed \(seed), Redis \(redis), lease \(lease) ms"]
        for figure in figures {
            let name = figure.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let value = String(repeating: " ", count: values - figure.value.count) + figure.value
            let goal = figure.goal.isEmpty ? "" : "   goal \(figure.goal)"
            let verdict = figure.verdict == .violation ? "   VIOLATION" : ""
            lines.append("  \(name)  \(value)\(goal)\(verdict)")
        }
        lines += problems.map { "  ! \($0)" }
        return lines.joined(separator: "\n")
    }
}
