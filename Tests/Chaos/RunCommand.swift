// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import StintTesting

/// Runs one scenario, or a short form of each.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a scenario and judge it; exits 1 on any violation.",
        discussion: Scenario.all.map { "\($0.name): \($0.about)" }.joined(separator: "\n"))

    @Argument(help: "The scenario.") var scenario = "mixed"
    @Option(help: "How long to make faults; their number grows with it.") var minutes: Double?
    @Option(help: "How many faults of the scenario's chief kind to make; the time grows with it.") var count: Int?
    @Option(help: "What the random choices follow from; the time of day unless given.") var seed: UInt64?
    @Option(help: "Where histories are written.") var folder = ".stint-chaos"
    @Flag(help: "Run a short form of every scenario.") var short = false
    @Flag(help: "Print the figures as JSON.") var json = false
    @Flag(help: "Keep the histories of runs without violations as well.") var keep = false

    func run() async throws {
        let scenarios = try scenarios()
        if scenarios.contains(where: \.needsOwnNetwork) { try OwnNetwork.enter() }
        let seed = seed ?? UInt64(LineFile.now % 1_000_000_007)
        var reports: [Report] = []
        for scenario in scenarios {
            let report = try await run(scenario, seed: seed)
            reports.append(report)
            if !json { print(report.table + "\n") }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(reports), as: UTF8.self))
        }
        let broken = reports.filter { !$0.isClean }
        for report in broken {
            let note = "stint-chaos: '\(report.scenario)' has violations; seed \(report.seed), histories in "
            FileHandle.standardError.write(Data("\(note)\(report.folder)\n".utf8))
        }
        if !broken.isEmpty { throw ExitCode(1) }
    }

    private func scenarios() throws -> [Scenario] {
        if short {
            let all = Scenario.short.filter { OwnNetwork.isPossible || !$0.needsOwnNetwork }
            for left in Scenario.short where !all.contains(where: { $0.name == left.name }) {
                FileHandle.standardError.write(Data("\(left.name): left out, it needs root\n".utf8))
            }
            return all
        }
        guard let found = Scenario.all.first(where: { $0.name == scenario }) else {
            let names = Scenario.all.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no scenario '\(scenario)'; there are \(names).")
        }
        guard OwnNetwork.isPossible || !found.needsOwnNetwork else {
            throw ValidationError("'\(scenario)' makes a network of its own, for which it must be run as root.")
        }
        if let minutes { return [found.scaled(by: minutes * 60 / found.seconds)] }
        guard let count else { return [found] }
        guard let most = found.faults.values.max() else {
            throw ValidationError("'\(scenario)' counts no faults; use --minutes.")
        }
        return [found.scaled(by: Double(count) / Double(most))]
    }

    private func run(_ scenario: Scenario, seed: UInt64) async throws -> Report {
        let root = URL(fileURLWithPath: folder).standardizedFileURL
        let folder = root.appendingPathComponent("\(scenario.name)-\(seed)")
        FileHandle.standardError.write(
            Data("\(scenario.name): \(Int(scenario.seconds)) s of faults, seed \(seed), \(folder.path)\n".utf8))
        let stage = try await ChaosStage(scenario, seed: seed, folder: folder)
        try await ScenarioRun(stage: stage).run()
        let report = Report(Checker(try History(folder: folder.path)), folder: folder.path)
        if report.isClean, !keep { try? FileManager.default.removeItem(at: folder) }
        return report
    }
}
