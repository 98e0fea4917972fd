// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if TLS
import NIOSSL
#endif

extension ConnectFailure {
    /// Puts an error of the socket or of TLS into words, and says whether trying again can help.
    init(_ error: any Error) {
        if let failure = error as? ConnectFailure {
            self = failure
            return
        }
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            // One error for each address of the host; the first one speaks for all.
            self.init(first.error)
            return
        }
        #if TLS
        if let refusal = Self.refusalByTLS(error) {
            self = .refused(refusal)
            return
        }
        #endif
        self = .unreachable(Self.text(error))
    }

    /// A short text for an error of the socket.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            return "the host \(error.host) was not found"
        case let error as IOError:
            return text(errno: error.errnoCode)
        case ChannelError.connectTimeout(let time):
            return "no answer within \(Duration.nanoseconds(time.nanoseconds).formatted)"
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed:
            return "the connection was closed"
        case let violation as ReplyReader.Violation:
            return violation.reason
        default:
            return "\(error)"
        }
    }

    private static func text(errno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ENOENT: "no such socket"
        case ECONNRESET, EPIPE: "the connection was reset"
        case EACCES, EPERM: "permission denied"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case ETIMEDOUT: "no answer"
        default: String(cString: strerror(code))
        }
    }

    #if TLS
    private static func refusalByTLS(_ error: any Error) -> String? {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "the server's certificate was issued for another host (set server_name where that is right)"
        }
        if let error = error as? NIOSSLExtraError, error == .cannotUseIPAddressInSNI { return "\(error)" }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the server's certificate is not trusted (set ca to the file of the authority that issued it)"
        }
        if text.contains("WRONG_VERSION_NUMBER") {
            return "the server does not speak TLS on this port (use redis:// for a plain connection)"
        }
        if text.contains("CERTIFICATE_REQUIRED") || text.contains("ALERT") {
            return "the server refused the TLS connection: \(text)"
        }
        return nil
    }
    #endif
}
