// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Scripts {
    /// Returns the Lua file and line that line `line` of the script named `script` was made from.
    package static func locate(script: String, line: Int) -> (file: String, line: Int)? {
        guard let map = lineMaps[script], line > 0 else { return nil }
        var result: (file: String, line: Int)?
        for run in stride(from: 0, to: map.count - 2, by: 3) where Int(map[run]) <= line {
            result = (files[Int(map[run + 1])], Int(map[run + 2]) + line - Int(map[run]))
        }
        return result
    }

    /// Returns a Redis error `message` with every `user_script:17` replaced by its place in the sources of `script`.
    package static func translate(_ message: String, script: String) -> String {
        let mark = "user_script:"
        var result = ""
        var rest = message[...]
        while let range = rest.firstRange(of: mark) {
            let digits = rest[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
            if let line = Int(digits), let place = locate(script: script, line: line) {
                result += rest[..<range.lowerBound] + "\(place.file):\(place.line)"
            } else {
                result += rest[..<digits.endIndex]
            }
            rest = rest[digits.endIndex...]
        }
        return result + rest
    }
}
