// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintFunctions

/// Which Redis a command talks to, and where that was said.
package struct RedisTarget: Sendable {
    /// The address, with its password.
    package let url: String
    /// The prefix of all keys.
    package let namespace: String
    /// Where the address was given; `nil` for the private Redis.
    package let source: Setting.Source?
    /// The rest of the configuration.
    package let configuration: Configuration
    /// The private Redis; `nil` where an address was given.
    package let embedded: EmbeddedRedis?
    /// Keeps the private Redis running for as long as this value lives.
    package let hold: EmbeddedConnection?

    /// Creates a target.
    package init(
        url: String, namespace: String, source: Setting.Source?, configuration: Configuration,
        embedded: EmbeddedRedis? = nil, hold: EmbeddedConnection? = nil
    ) {
        self.url = url
        self.namespace = namespace
        self.source = source
        self.configuration = configuration
        self.embedded = embedded
        self.hold = hold
    }
}

extension ConnectionOptions {
    /// Finds the Redis to use and, if none was named, joins or starts the private one.
    package func target(on console: Console) async throws -> RedisTarget {
        let invocation = Invocation.current
        try RedisTarget.refusePassword(in: redis)
        let configuration = try Configuration.load(flags(), in: invocation)
        for warning in EnvironmentNotes.warnings(invocation.environment) { console.warn(warning) }
        let prefix = configuration[.namespace].value ?? "stint"
        if let (url, source) = configuration.redis {
            guard data.data == nil else {
                throw CommandFailure.usage("--data is for the private Redis, but another was named (from \(source))")
            }
            return RedisTarget(
                url: url, namespace: prefix, source: source, configuration: configuration)
        }
        try RedisTarget.refuseStranger(configuration, in: invocation)
        let location = EmbeddedLocation(configuration, in: invocation)
        let embedded = EmbeddedRedis(location, linger: configuration[.linger].value ?? "60s")
        let (connection, isStarted) = try await embedded.open(on: console)
        if isStarted || console.verbosity > 0 {
            let folder = location.displayed(from: invocation.directory)
            console.talk(
                "using the private Redis in \(folder) (no STINT_REDIS_URL). Data is durable to about 1 s.")
        }
        return RedisTarget(
            url: embedded.url, namespace: prefix, source: nil, configuration: configuration, embedded: embedded,
            hold: connection)
    }
}
