// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

#if TLS
import NIOSSL
#endif

/// Makes the TLS handler of a connection; certificates are read once, at the first connection of a node.
final class TLSSource: Sendable {
    private let options: TLSOptions

    #if TLS
    private let context = Mutex<NIOSSLContext?>(nil)
    #endif

    init(options: TLSOptions) {
        self.options = options
    }

    #if TLS
    /// Returns a handler that verifies the server at that address as the options ask.
    func makeHandler(for address: RedisConfiguration.Address?) throws(ConnectFailure) -> NIOSSLClientHandler {
        do {
            let context = try context.withLock { context in
                if let context { return context }
                let fresh = try NIOSSLContext(configuration: try configuration())
                context = fresh
                return fresh
            }
            return try NIOSSLClientHandler(context: context, serverHostname: serverHostname(address))
        } catch let failure as ConnectFailure {
            throw failure
        } catch {
            throw .refused("TLS cannot be set up: \(error)")
        }
    }

    private func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let caFile = options.caFile {
            do {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(caFile))
            } catch {
                throw ConnectFailure.refused("the CA file \(caFile) cannot be used: \(error)")
            }
        }
        if let certificateFile = options.certificateFile {
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
                configuration.certificateChain = chain.map { .certificate($0) }
            } catch {
                throw ConnectFailure.refused("the certificate \(certificateFile) cannot be used: \(error)")
            }
        }
        if let keyFile = options.keyFile {
            do {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            } catch {
                throw ConnectFailure.refused("the key \(keyFile) cannot be used: \(error)")
            }
        }
        configuration.certificateVerification = options.verify ? .fullVerification : .none
        return configuration
    }

    /// The name to send and to verify; nil for an address, which is then verified by itself.
    private func serverHostname(_ address: RedisConfiguration.Address?) -> String? {
        var host: String?
        if case .tcp(let name, _)? = address { host = name }
        guard let name = options.serverName ?? host else { return nil }
        return (try? SocketAddress(ipAddress: name, port: 0)) == nil ? name : nil
    }
    #endif
}
