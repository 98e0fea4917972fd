// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Replaces `${NAME}` by an environment variable, and `${NAME:-text}` by the text if the variable is not set.
enum Interpolation {
    /// A variable that is named and not set.
    struct MissingVariable: Error, Equatable {
        var name: String
    }

    /// Returns the text with every reference replaced; `$${` stands for `${`.
    static func apply(_ text: String, environment: [String: String]) throws(MissingVariable) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if rest[..<start.lowerBound].last == "$" {
                result += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            result += rest[..<start.lowerBound]
            let reference = rest[start.upperBound..<end]
            let fallback = reference.firstRange(of: ":-")
            let name = String(reference[..<(fallback?.lowerBound ?? reference.endIndex)])
            if let value = environment[name], !(value.isEmpty && fallback != nil) {
                result += value
            } else if let fallback {
                result += reference[fallback.upperBound...]
            } else {
                throw MissingVariable(name: name)
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
