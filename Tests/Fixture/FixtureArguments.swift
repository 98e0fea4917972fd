// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Options as pairs of `--name value`.
struct FixtureArguments: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private var values: [String: String] = [:]

    init(_ words: [String]) throws {
        guard words.count.isMultiple(of: 2) else { throw Failure("every option takes a value") }
        for at in stride(from: 0, to: words.count, by: 2) {
            guard words[at].hasPrefix("--") else { throw Failure("'\(words[at])' is no option") }
            values[String(words[at].dropFirst(2))] = words[at + 1]
        }
    }

    func text(_ name: String, _ other: String? = nil) throws -> String {
        guard let value = values[name] ?? other else { throw Failure("--\(name) is missing") }
        return value
    }

    func number(_ name: String, _ other: Int? = nil) throws -> Int {
        guard let number = values[name].map({ Int($0) }) ?? other else { throw Failure("--\(name) must be a number") }
        return number
    }
}
