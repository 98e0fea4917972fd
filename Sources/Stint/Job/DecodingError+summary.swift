// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension DecodingError {
    /// Says what is wrong and where, and nothing of the value: it would end up in logs and in the job's reason.
    static func summary(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context): "'\(path(context, key))' is missing"
        case DecodingError.valueNotFound(let type, let context): "\(place(context)) is null, not \(type)"
        case DecodingError.typeMismatch(let type, let context): "\(place(context)) is not \(type)"
        case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty: "it is not valid JSON"
        case DecodingError.dataCorrupted(let context): "\(place(context)) has no valid value"
        default: "\(type(of: error))"
        }
    }

    private static func place(_ context: Context) -> String {
        context.codingPath.isEmpty ? "it" : "'\(path(context))'"
    }

    private static func path(_ context: Context, _ key: (any CodingKey)? = nil) -> String {
        (context.codingPath + (key.map { [$0] } ?? [])).map { $0.intValue.map(String.init) ?? $0.stringValue }
            .joined(separator: ".")
    }
}
