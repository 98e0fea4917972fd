// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintTerminal

/// The functions of a configuration, checked: what is missing is said before a job has to find out.
struct FunctionSet {
    let configuration: Configuration
    let runner: FunctionRunner

    /// Takes the functions of a configuration.
    ///
    /// - Throws: A failure with status 78 if there is no function at all.
    init(_ configuration: Configuration) throws {
        self.configuration = configuration
        runner = FunctionRunner(parentEnvironment: Self.environment(configuration, in: .current))
        guard configuration.functions.isEmpty, configuration.problems.allSatisfy({ $0.severity == .warning }) else {
            return
        }
        let place = configuration.files.first.map { "\($0) has no functions" } ?? "there is no stint.yaml here or above"
        throw CommandFailure(
            .invalidConfiguration, "\(place), so there is nothing to run",
            hints: [.init("Make a folder with one to begin with:", "stint init hello && cd hello")])
    }

    /// The variables of this process, with what a `stint` inside a function needs to find the same queues.
    ///
    /// Of a Redis that has a name only the namespace: its address is a secret, which `pass_env` gives or nobody.
    static func environment(_ configuration: Configuration, in invocation: Invocation) -> [String: String] {
        var variables = invocation.environment
        variables[SettingKey.namespace.environmentVariable] = configuration[.namespace].value
        let data = EmbeddedLocation(configuration, in: invocation).directory
        variables[SettingKey.data.environmentVariable] = configuration.redis == nil ? data : nil
        return variables
    }

    /// Refuses functions that could not be run.
    ///
    /// - Throws: A failure with status 78 and a line of the file for each.
    func check(on console: Console) throws {
        let problems = configuration.check(runner)
        for problem in problems where problem.severity == .warning { console.warn(problem.description) }
        try Self.refuse(problems.filter { $0.severity == .error })
    }

    /// The function that runs jobs of this name, if it can be run.
    func function(for name: String) throws -> FunctionDefinition {
        guard let function = configuration.function(for: name) else {
            // A function with an error in the file is not there, and the file says why.
            try Self.refuse(configuration.problems.filter { $0.severity == .error && $0.function == name })
            let names = configuration.functions.map(\.pattern.description)
            let near = NearMiss.find(name, among: names).map { ". Did you mean '\($0)'?" } ?? ""
            throw CommandFailure(
                .notFound, "no function runs jobs named '\(name)'\(near)",
                hints: [.init("There are:", names.joined(separator: " "))])
        }
        if let error = runner.problem(with: function) { throw Self.failure(function, error) }
        return function
    }

    /// The failure for a function that cannot be run, with its line in the file.
    static func failure(_ function: FunctionDefinition, _ error: FunctionError) -> CommandFailure {
        let place = (function.path ?? "stint.yaml") + (function.line.map { ":\($0)" } ?? "")
        return CommandFailure(
            .invalidConfiguration, "function '\(function.pattern)' cannot be run: \(error)", details: [place],
            hints: [.init("Check all of it:", "stint config check")])
    }

    private static func refuse(_ errors: [ConfigurationProblem]) throws {
        guard !errors.isEmpty else { return }
        throw CommandFailure(
            .invalidConfiguration,
            errors.count == 1 ? "a function cannot be run" : "\(errors.count) problems with functions",
            details: errors.map(\.description), hints: [.init("Check again:", "stint config check")])
    }
}
