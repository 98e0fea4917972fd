// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension StintClient {
    /// Where Redis is, and what the client may do there.
    public struct Configuration: Sendable, Hashable {
        /// The address: `redis://host:6379/0`, `rediss://user@host:6380` (TLS), `redis+unix:///path/to/socket`,
        /// `redis+cluster://host:6379,host:6379` with one or more nodes of a Redis Cluster, or
        /// `redis+sentinel://host1,host2/mymaster` (`rediss+cluster` and `rediss+sentinel` with TLS).
        public var redis: String
        /// What the keys of this application begin with, so that several can share one Redis.
        ///
        /// At most 32 bytes of `a`–`z`, `0`–`9`, `.`, `_`, `-`.
        public var namespace: String
        /// A file whose first line is the password; read at each connect, so a rotated password is picked up.
        public var passwordFile: String?
        /// A PEM file of the authorities to trust for `rediss://` instead of the system's.
        public var certificateAuthorityFile: String?
        /// A PEM file with this client's certificate, where Redis asks for one.
        public var clientCertificateFile: String?
        /// A PEM file with the private key of ``clientCertificateFile``.
        public var clientKeyFile: String?
        /// The longest payload of a job; at most 16 MiB.
        public var maxPayloadBytes: Int
        /// Whether to accept a Redis that may evict keys when its memory is full, and with them jobs.
        public var allowsEvictingRedis: Bool
        /// How many enqueue calls per queue may be under way at a time.
        public var lanes: Int
        /// How long a reply of Redis may take before the call's outcome counts as unknown and it is repeated.
        public var commandTimeout: Duration
        /// How long an enqueue is repeated before it fails with ``StintError/Code/outcomeUnknown`` or
        /// ``StintError/Code/redisUnreachable``; at most 60 s.
        public var enqueueTimeout: Duration
        /// The name that `CLIENT LIST` shows in Redis.
        public var clientName: String

        /// Creates a configuration; see the properties.
        public init(
            redis: String, namespace: String = "stint", passwordFile: String? = nil,
            certificateAuthorityFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil,
            maxPayloadBytes: Int = 1 << 20, allowsEvictingRedis: Bool = false, lanes: Int = 2,
            commandTimeout: Duration = .seconds(5), enqueueTimeout: Duration = .seconds(60),
            clientName: String = "stint"
        ) {
            self.redis = redis
            self.namespace = namespace
            self.passwordFile = passwordFile
            self.certificateAuthorityFile = certificateAuthorityFile
            self.clientCertificateFile = clientCertificateFile
            self.clientKeyFile = clientKeyFile
            self.maxPayloadBytes = maxPayloadBytes
            self.allowsEvictingRedis = allowsEvictingRedis
            self.lanes = lanes
            self.commandTimeout = commandTimeout
            self.enqueueTimeout = enqueueTimeout
            self.clientName = clientName
        }
    }
}

extension StintClient.Configuration: CustomStringConvertible, CustomReflectable {
    /// The address without its password, and the namespace.
    public var description: String {
        let address = (try? redisConfiguration())?.description ?? "an address that cannot be used"
        return "StintClient.Configuration(\(address), namespace: \(namespace))"
    }

    /// Shows what ``description`` does.
    public var customMirror: Mirror { Mirror(self, children: ["namespace": namespace]) }
}
