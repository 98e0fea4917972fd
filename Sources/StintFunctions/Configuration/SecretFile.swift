// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Reads values that stand in a file of their own.
package enum SecretFile {
    /// The file's text without the line end.
    package static func read(_ path: String, for key: SettingKey) throws(ConfigurationError) -> String {
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            let text = String(decoding: data.prefix(65536), as: UTF8.self)
            let value = text.reversed().drop(while: \.isNewline).reversed()
            guard !value.isEmpty else { throw ParseFailure("it is empty") }
            return String(value)
        } catch {
            throw ConfigurationError([
                .init(place: path, message: "cannot be used as \(key.rawValue): \(reason(error))")
            ])
        }
    }

    /// The system's words for an error about a file.
    static func reason(_ error: any Error) -> String {
        if let failure = error as? ParseFailure { return failure.description }
        guard let error = error as? CocoaError else { return "\(error)" }
        return switch error.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "it does not exist"
        case .fileReadNoPermission: "no permission"
        default: "it is not a readable file"
        }
    }
}
