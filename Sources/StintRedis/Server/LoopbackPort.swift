// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds free ports of the loopback, for servers that cannot choose one themselves.
package enum LoopbackPort {
    /// Returns so many different ports that were free a moment ago.
    package static func free(_ count: Int) throws(SystemError) -> [Int] {
        // All are held until the last one is found, so that none comes twice.
        var descriptors: [CInt] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        var ports: [Int] = []
        for _ in 0..<count {
            #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #else
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
            #endif
            guard descriptor >= 0 else { throw .last }
            descriptors.append(descriptor)
            ports.append(try bindAnyPort(descriptor))
        }
        return ports
    }

    private static func bindAnyPort(_ descriptor: CInt) throws(SystemError) -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw .last }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
