// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RedisConfiguration {
    /// The URL forms that are understood, for messages and help.
    package static let validForms = """
        redis://host:6379/0, rediss://user:password@host:6380/0 (TLS), redis+unix:///path/to/socket?db=0, \
        redis+cluster://host1:6379,host2:6379, redis+sentinel://host1:26379,host2/mymaster
        """

    private static let options = [
        "db", "password_file", "client_name", "connect_timeout", "timeout",
        "ca", "cert", "key", "server_name", "insecure",
        "sentinel_user", "sentinel_password_file", "sentinel_password",
    ]

    /// Reads a Redis URL.
    ///
    /// `redis://[user][:password]@host[:port][/db]`, the same with `rediss` for TLS, and
    /// `redis+unix://[user][:password]@/path[?db=n]`; `redis+cluster://[user][:password]@host[:port],…` (or
    /// `rediss+cluster`) names nodes of a Redis Cluster; `redis+sentinel://[user][:password]@host[:port],…/NAME[/db]`
    /// (or `rediss+sentinel`) asks the sentinels for the primary called NAME. Parts are percent-decoded.
    ///
    /// Options follow in the query: `db`, `password_file`, `client_name`, `connect_timeout` and `timeout` (seconds), for
    /// TLS `ca`, `cert`, `key`, `server_name`, `insecure=true`, and for the sentinels' own login `sentinel_user`,
    /// `sentinel_password_file` and `sentinel_password`.
    package init(url: String) throws(RedisConfigurationError) {
        guard let separator = url.firstRange(of: "://") else {
            throw RedisConfigurationError("the Redis URL has no scheme; valid forms: \(Self.validForms)")
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        var rest = url[separator.upperBound...]
        if rest.contains("#") {
            throw RedisConfigurationError("the Redis URL contains '#'; write it as %23 where it is meant")
        }
        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        var credentials: Substring?
        if let at = rest[..<(rest.firstIndex(of: "/") ?? rest.endIndex)].lastIndex(of: "@") {
            credentials = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        switch scheme {
        case "redis", "rediss":
            self = try Self.tcp(rest)
        case "redis+unix", "unix":
            self = try Self.unix(rest)
        case "redis+cluster", "rediss+cluster":
            self = try Self.cluster(rest)
        case "redis+sentinel", "rediss+sentinel":
            self = try Self.sentinels(rest)
        default:
            throw RedisConfigurationError("unknown scheme \(scheme)://; valid forms: \(Self.validForms)")
        }
        if scheme.hasPrefix("rediss") {
            guard TLSOptions.isAvailable else { throw RedisConfigurationError(TLSOptions.missingMessage) }
            tls = TLSOptions()
        }
        if let credentials { try read(credentials: credentials) }
        for item in query.split(separator: "&") {
            try read(option: item)
        }
        if tls?.certificateFile != nil, tls?.keyFile == nil {
            throw RedisConfigurationError("the option cert needs the option key: the private key of the certificate")
        }
    }

    static func tcp(
        _ text: Substring, defaultPort: Int = 6379
    ) throws(RedisConfigurationError) -> RedisConfiguration {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        var host = text[..<slash]
        var port: Substring?
        if host.hasPrefix("["), let bracket = host.firstIndex(of: "]") {
            let tail = host[host.index(after: bracket)...]
            guard tail.isEmpty || tail.hasPrefix(":") else {
                throw RedisConfigurationError("after ']' in the Redis URL only a port may follow")
            }
            port = tail.isEmpty ? nil : tail.dropFirst()
            host = host[host.index(after: host.startIndex)..<bracket]
        } else if let colon = host.lastIndex(of: ":") {
            port = host[host.index(after: colon)...]
            host = host[..<colon]
            if host.contains(":") {
                throw RedisConfigurationError("an IPv6 address in the Redis URL goes into brackets: redis://[::1]:6379")
            }
        }
        guard !host.isEmpty else { throw RedisConfigurationError("the Redis URL names no host") }
        var configuration = RedisConfiguration(
            host: try percentDecoded(host, what: "host"), port: defaultPort)
        if let port, !port.isEmpty {
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw RedisConfigurationError("the port in the Redis URL must be a number from 1 to 65535")
            }
            configuration.address = .tcp(host: try percentDecoded(host, what: "host"), port: number)
        }
        let path = text[slash...].drop { $0 == "/" }
        if !path.isEmpty { try configuration.read(database: path) }
        return configuration
    }

    private static func unix(_ text: Substring) throws(RedisConfigurationError) -> RedisConfiguration {
        guard text.hasPrefix("/") else {
            throw RedisConfigurationError(
                "a Unix socket is written with its absolute path and three slashes: redis+unix:///run/redis.sock")
        }
        let path = try percentDecoded(text, what: "path")
        guard path.utf8.count <= 107 else {
            throw RedisConfigurationError(
                "the path of a Unix socket has at most 107 bytes; this one has \(path.utf8.count)")
        }
        return RedisConfiguration(socketPath: path)
    }

    private mutating func read(credentials: Substring) throws(RedisConfigurationError) {
        let colon = credentials.firstIndex(of: ":") ?? credentials.endIndex
        let user = try Self.percentDecoded(credentials[..<colon], what: "user")
        if !user.isEmpty { username = user }
        guard colon < credentials.endIndex else { return }
        let secret = try Self.percentDecoded(credentials[credentials.index(after: colon)...], what: "password")
        if !secret.isEmpty { password = secret }
    }

    private mutating func read(option item: Substring) throws(RedisConfigurationError) {
        let equals = item.firstIndex(of: "=") ?? item.endIndex
        let name = String(item[..<equals])
        let value = try Self.percentDecoded(item[equals...].dropFirst(), what: "option \(name)")
        switch name {
        case "db": try read(database: value[...])
        case "password_file": passwordFile = value
        case "client_name": clientName = value
        case "connect_timeout": connectTimeout = try Self.seconds(value, option: name)
        case "timeout": commandTimeout = try Self.seconds(value, option: name)
        case "ca", "cert", "key", "server_name", "insecure":
            guard tls != nil else {
                throw RedisConfigurationError("the option \(name) needs a rediss:// URL")
            }
            try read(tlsOption: name, value)
        case "sentinel_user", "sentinel_password", "sentinel_password_file":
            try read(sentinelOption: name, value)
        default:
            let valid = Self.options.joined(separator: ", ")
            throw RedisConfigurationError("unknown option \(name) in the Redis URL; valid are \(valid)")
        }
    }

    private mutating func read(tlsOption name: String, _ value: String) throws(RedisConfigurationError) {
        switch name {
        case "ca": tls?.caFile = value
        case "cert": tls?.certificateFile = value
        case "key": tls?.keyFile = value
        case "server_name": tls?.serverName = value
        default:
            guard value == "true" || value == "false" else {
                throw RedisConfigurationError("the option insecure is true or false")
            }
            tls?.verify = value == "false"
        }
    }

    mutating func read(database text: Substring) throws(RedisConfigurationError) {
        guard let number = Int(text), number >= 0 else {
            throw RedisConfigurationError("the database in the Redis URL must be a number, 0 or more")
        }
        guard number == 0 || !isCluster else {
            throw RedisConfigurationError("a Redis Cluster has only the database 0")
        }
        database = number
    }

    private static func seconds(_ text: String, option: String) throws(RedisConfigurationError) -> Duration {
        guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
            throw RedisConfigurationError("the option \(option) is a number of seconds, greater than 0")
        }
        return .seconds(seconds)
    }
}
