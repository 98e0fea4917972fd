// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Who serves which slot, as one node told it.
struct SlotMap: Equatable {
    /// By slot, the owner's place in `endpoints`, counted from 1; 0 for nobody.
    private var owners = [UInt16](repeating: 0, count: HashSlot.count)
    private var endpoints: [ClusterEndpoint] = []

    /// Reads the reply to CLUSTER SLOTS of the node asked; nil where it is none or names no slot.
    init?(_ reply: RedisValue, from asked: ClusterEndpoint) {
        guard let ranges = reply.arrayValue, !ranges.isEmpty else { return nil }
        for range in ranges {
            guard let parts = range.arrayValue, parts.count >= 3, let first = parts[0].integerValue,
                let last = parts[1].integerValue, let primary = parts[2].arrayValue, primary.count >= 2,
                let port = primary[1].integerValue, (1...65_535).contains(port), first <= last,
                (0..<Int64(HashSlot.count)).contains(first), last < HashSlot.count
            else { return nil }
            let owner = index(of: ClusterEndpoint(host: primary[0].string, port: Int(port), askedAt: asked))
            for slot in Int(first)...Int(last) { owners[slot] = owner }
        }
    }

    /// Who serves a slot; nil for nobody.
    subscript(slot: Int) -> ClusterEndpoint? {
        let owner = Int(owners[slot])
        return owner == 0 ? nil : endpoints[owner - 1]
    }

    /// Everybody who serves a slot, in the order in which they were named.
    var primaries: [ClusterEndpoint] {
        let owning = Set(owners)
        return endpoints.enumerated().filter { owning.contains(UInt16($0.offset + 1)) }.map(\.element)
    }

    /// Corrects one slot.
    mutating func move(_ slot: Int, to endpoint: ClusterEndpoint) {
        owners[slot] = index(of: endpoint)
    }

    private mutating func index(of endpoint: ClusterEndpoint) -> UInt16 {
        if let known = endpoints.firstIndex(of: endpoint) { return UInt16(known + 1) }
        endpoints.append(endpoint)
        return UInt16(endpoints.count)
    }
}
