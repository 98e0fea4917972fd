// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Where a node of a cluster listens.
struct ClusterEndpoint: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Takes the host as a node names it; one that does not know its own is where it was asked.
    init(host: String?, port: Int, askedAt asked: ClusterEndpoint) {
        let isNamed = host.map { !$0.isEmpty && $0 != "?" } ?? false
        self.init(host: isNamed ? host ?? asked.host : asked.host, port: port)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What a node answers that does not serve a slot, or not at present: `3999 127.0.0.1:6381`.
struct ClusterRedirect: Equatable {
    let slot: Int
    let endpoint: ClusterEndpoint

    init?(_ message: String, from asked: ClusterEndpoint) {
        let words = message.split(separator: " ")
        guard words.count == 2, let slot = Int(words[0]), (0..<HashSlot.count).contains(slot),
            let colon = words[1].lastIndex(of: ":"), let port = Int(words[1][words[1].index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        self.slot = slot
        endpoint = ClusterEndpoint(host: String(words[1][..<colon]), port: port, askedAt: asked)
    }
}
