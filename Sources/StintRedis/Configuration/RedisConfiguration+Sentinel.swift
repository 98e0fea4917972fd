// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RedisConfiguration {
    /// Reads what follows the scheme and the credentials of a `redis+sentinel://` URL: `host[:port],…/NAME[/db]`.
    static func sentinels(_ text: Substring) throws(RedisConfigurationError) -> RedisConfiguration {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let path = text[slash...].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard let first = path.first, !first.isEmpty, path.count <= 2 else {
            throw RedisConfigurationError(
                "a Sentinel URL names the primary after the sentinels: redis+sentinel://host1,host2/mymaster")
        }
        let name = try percentDecoded(first, what: "primary's name")
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw RedisConfigurationError("the primary's name in the Redis URL has no spaces or special characters")
        }
        var addresses: [Address] = []
        for host in text[..<slash].split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try tcp(host, defaultPort: 26_379).address)
        }
        guard let address = addresses.first else { throw RedisConfigurationError("the Redis URL names no host") }
        var configuration = RedisConfiguration(address: address)
        configuration.sentinel = SentinelOptions(primaryName: name, addresses: addresses)
        if path.count == 2, !path[1].isEmpty { try configuration.read(database: path[1]) }
        return configuration
    }

    /// Reads an option of the URL that is about the sentinels.
    mutating func read(sentinelOption name: String, _ value: String) throws(RedisConfigurationError) {
        guard sentinel != nil else {
            throw RedisConfigurationError("the option \(name) needs a redis+sentinel:// URL")
        }
        switch name {
        case "sentinel_user": sentinel?.username = value
        case "sentinel_password": sentinel?.password = value
        default: sentinel?.passwordFile = value
        }
    }

    /// The sentinels' URL as it may be shown.
    func redactedURL(of sentinel: SentinelOptions, credentials: String) -> String {
        var url = tls == nil ? "redis+sentinel://" : "rediss+sentinel://"
        url += credentials + sentinel.addresses.map(Self.endpoint).joined(separator: ",")
        url += "/" + Self.percentEncoded(sentinel.primaryName)
        return database == 0 ? url : url + "/\(database)"
    }

    /// How to connect to one of the sentinels.
    func sentinelConfiguration(_ address: Address, of options: SentinelOptions) -> RedisConfiguration {
        var configuration = RedisConfiguration(address: address)
        configuration.tls = tls
        configuration.username = options.username
        configuration.password = options.password
        configuration.passwordFile = options.passwordFile
        // The next one is asked soon when this one is silent.
        configuration.connectTimeout = min(connectTimeout, .seconds(1))
        configuration.clientName = clientName
        return configuration
    }
}
