// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How a `rediss://` connection is secured.
///
/// The certificate is verified against the host by default.
package struct TLSOptions: Hashable, Sendable {
    /// A PEM file of the authorities to trust instead of the system's.
    package var caFile: String?
    /// A PEM file with this client's certificate and its chain, where the server asks for one.
    package var certificateFile: String?
    /// A PEM file with the private key of `certificateFile`.
    package var keyFile: String?
    /// The name that the certificate must carry, where it is not the host of the URL.
    package var serverName: String?
    /// Whether the certificate is verified; without it anybody on the way can read and change everything.
    package var verify: Bool

    /// Makes options that verify the server.
    package init(
        caFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        serverName: String? = nil,
        verify: Bool = true
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.verify = verify
    }

    /// Whether this build can open TLS connections: the package trait `TLS`, which is on by default.
    package static var isAvailable: Bool {
        #if TLS
        true
        #else
        false
        #endif
    }

    static let missingMessage = """
        this build of Stint has no TLS, so rediss:// cannot be used; build it with the package trait TLS, \
        which is on by default (leave out --disable-default-traits, or pass --traits TLS)
        """
}
