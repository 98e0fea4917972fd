// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The sentinels that know where the primary is, and who we are to them.
///
/// Sentinels have users and passwords of their own; those of the Redis servers are not sent to them.
package struct SentinelOptions: Hashable, Sendable {
    /// The name by which the sentinels know the primary.
    package var primaryName: String
    /// Where the sentinels listen, at least one.
    package var addresses: [RedisConfiguration.Address]
    /// The sentinels' ACL user, or nil for their default user.
    package var username: String?
    /// The sentinels' password; `passwordFile` is the better place.
    package var password: String?
    /// A file whose first line is the sentinels' password; read at each connect.
    package var passwordFile: String?

    /// Makes options without credentials.
    package init(primaryName: String, addresses: [RedisConfiguration.Address]) {
        self.primaryName = primaryName
        self.addresses = addresses
    }

    /// What to type to see where a sentinel takes the primary to be.
    package var lookupCommand: String {
        let place =
            switch addresses.first {
            case .tcp(let host, let port): "-h \(host) -p \(port)"
            case .unix(let path): "-s \(path)"
            case nil: "-p 26379"
            }
        return "redis-cli \(place) sentinel get-master-addr-by-name \(primaryName)"
    }
}
