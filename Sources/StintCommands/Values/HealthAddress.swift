// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where to answer health checks: `:8080` on the loopback, or `0.0.0.0:8080`, `[::]:8080`, `host:8080`.
package struct HealthAddress: Sendable, Hashable {
    /// The address to listen at.
    package let host: String
    /// The port; 0 for any free one.
    package let port: Int

    /// Creates an address.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads an address: `@Option(transform: HealthAddress.parse)`.
    package static func parse(_ text: String) throws -> HealthAddress {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ValidationError("'\(text)' is no address to listen at; write :8080, or 0.0.0.0:8080 for all machines")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw ValidationError("an IPv6 address goes into brackets: [::1]:8080")
        }
        return HealthAddress(host: host.isEmpty ? "127.0.0.1" : String(host), port: Int(port))
    }

    /// The URL to ask, for people.
    package func url(port: Int) -> String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/healthz"
    }
}
