// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Splits a command that is written as one text into its arguments.
///
/// Spaces separate; quotes and backslashes work as in a shell, and nothing else does. What only a shell could do is
/// refused: passing `|` on as an argument would be a riddle to its author.
enum CommandText {
    static func split(_ text: String) throws(ParseFailure) -> [String] {
        var arguments: [String] = []
        var current: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                // Within double quotes a backslash is itself, except before a quote or another backslash.
                if quote == "\"", character != "\"", character != "\\" { current?.append("\\") }
                current = (current ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                current = current ?? ""
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { current?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                current = current ?? ""
            } else if character == " " || character == "\t" || character.isNewline {
                if let argument = current { arguments.append(argument) }
                current = nil
            } else if "|&;<>`".contains(character) || (character == "(" && current?.hasSuffix("$") == true) {
                throw ParseFailure("'run' starts no shell and cannot do '\(character)': quote it, or use 'sh'")
            } else {
                current = (current ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else { throw ParseFailure("a quote in 'run' is not closed") }
        if let argument = current { arguments.append(argument) }
        return arguments
    }
}
