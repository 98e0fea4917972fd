// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Where Redis is, who we are there, and how long things may take.
package struct RedisConfiguration: Hashable, Sendable {
    /// What a socket is opened to.
    package enum Address: Hashable, Sendable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// Where Redis listens; with ``sentinel``, where the first sentinel does.
    package var address: Address
    /// The sentinels that are asked for the primary, or nil where ``address`` is it.
    package var sentinel: SentinelOptions?
    /// The nodes to ask who serves what in a cluster, `address` among them; empty for a single server.
    package var clusterSeeds: [Address] = []
    /// TLS, or nil for a plain connection.
    package var tls: TLSOptions?
    /// The ACL user, or nil for the default user.
    package var username: String?
    /// The password; `passwordFile` is the better place.
    package var password: String?
    /// A file whose first line is the password.
    ///
    /// It is read at each connect, so a rotated password is picked up.
    package var passwordFile: String?
    /// The database to select.
    package var database: Int = 0
    /// How long opening a connection may take, login included.
    package var connectTimeout: Duration = .seconds(5)
    /// How long a command may take where its caller has no better idea.
    package var commandTimeout: Duration = .seconds(5)
    /// The name that `CLIENT LIST` shows; letters, digits and `-._:/` only.
    package var clientName: String = "stint"

    /// Makes a configuration for a host and port.
    package init(host: String, port: Int = 6379) {
        address = .tcp(host: host, port: port)
    }

    /// Makes a configuration for a Unix socket.
    package init(socketPath: String) {
        address = .unix(path: socketPath)
    }

    /// Makes a configuration for an address.
    package init(address: Address) {
        self.address = address
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// The address as a URL that may be shown: a password is masked, files are left out.
    package var redactedURL: String {
        if let sentinel { return redactedURL(of: sentinel, credentials: credentials) }
        if isCluster { return redactedClusterURL }
        var url: String
        switch address {
        case .tcp(let host, let port):
            url = tls == nil ? "redis://" : "rediss://"
            url += credentials
            url += host.contains(":") ? "[\(host)]" : Self.percentEncoded(host)
            url += ":\(port)"
            if database != 0 { url += "/\(database)" }
        case .unix(let path):
            url = "redis+unix://" + credentials + Self.percentEncoded(path, keeping: "/")
            if database != 0 { url += "?db=\(database)" }
        }
        return url
    }

    package var description: String { redactedURL }

    /// The address alone, for error messages: `host:port`, the socket's path, the seeds of a cluster, or the primary's
    /// name and its sentinels.
    package var endpoint: String {
        if let sentinel {
            let addresses = sentinel.addresses.map(Self.endpoint).joined(separator: ", ")
            return "'\(sentinel.primaryName)' (by the sentinels \(addresses))"
        }
        return isCluster ? clusterSeeds.map(Self.endpoint).joined(separator: ",") : Self.endpoint(address)
    }

    /// An address for error messages.
    static func endpoint(_ address: Address) -> String {
        switch address {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }

    var credentials: String {
        let hasPassword = password != nil || passwordFile != nil
        guard username != nil || hasPassword else { return "" }
        return Self.percentEncoded(username ?? "") + (hasPassword ? ":***" : "") + "@"
    }
}
