// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The value of a setting that is in force, and where it came from.
package struct Setting: Sendable, Hashable {
    /// Where a value came from, the strongest first.
    package enum Source: Sendable, Hashable, CustomStringConvertible {
        case flag
        case environment(String)
        case file(path: String, line: Int?)
        case builtIn

        package var description: String {
            switch self {
            case .flag: "flag"
            case .environment(let name): "env \(name)"
            case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
            case .builtIn: "built-in"
            }
        }
    }

    package var key: SettingKey
    /// `nil` if nobody set it and nothing is built in.
    package var value: String?
    package var source: Source

    /// The value for people: the password of a URL is masked.
    package var displayValue: String? { key == .redis ? value.map(Self.masked) : value }

    /// A URL with its password masked; any other text as it is.
    package static func masked(_ url: String) -> String {
        maskedOption("sentinel_password", of: maskedLogin(url))
    }

    private static func maskedOption(_ name: String, of url: String) -> String {
        guard let query = url.firstIndex(of: "?") else { return url }
        let items = url[url.index(after: query)...].split(separator: "&", omittingEmptySubsequences: false)
        return String(url[...query])
            + items.map { $0.hasPrefix(name + "=") ? "\(name)=***" : $0 }.joined(separator: "&")
    }

    private static func maskedLogin(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        // The last '@' before the path: a password may contain one.
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = (url.hasPrefix("redis+unix") ? rest : authority).lastIndex(of: "@") else { return url }
        let user = url[scheme.upperBound..<at]
        guard let colon = user.firstIndex(of: ":") else { return url }
        return "\(url[...colon])***\(url[at...])"
    }
}
