// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Walks over one ready list from its end to its head.
///
/// Entries leave a list at its head, so one that is in it all the time keeps its distance from the end or gets further
/// from it, and is met. A purge meanwhile may take older ones from behind one that it leaves: that one comes closer to
/// the end and may be missed. So who was not met is a suspect only; see ``AuditWalk``.
struct ReadyWalk: Sendable {
    /// What a list looked like at one moment.
    private struct Look: Hashable {
        let length: Int
        let counted: String
        let first: String
        let last: String
    }

    /// Which list.
    let list: Int
    /// How many entries from the end were met.
    private(set) var offset = 0
    /// The hashes of the live jobs that were met.
    private(set) var met: Set<Int> = []
    /// Whether the list looked the same at every step, so that what was counted belongs together.
    private(set) var isStill = true
    private var look: Look?
    private let remembers: Bool

    /// Begins at the end of a list.
    ///
    /// - Parameter remembers: Whether it is to know whom it met.
    init(list: Int, remembers: Bool = true) {
        self.list = list
        self.remembers = remembers
    }

    /// Takes the next slice; returns whether the head is reached.
    mutating func take(_ slice: ReadySlice) -> Bool {
        let now = Look(length: slice.length, counted: slice.counted, first: slice.first, last: slice.last)
        isStill = isStill && (look == nil || look == now)
        look = now
        offset += slice.ids.count
        if remembers {
            for (id, isLive) in zip(slice.ids, slice.isLive) where isLive { met.insert(id.hashValue) }
        }
        return offset >= slice.length || slice.ids.isEmpty
    }

    /// The list and what was counted in it, as `repair` takes it, if the list stood still and counts its tombstones
    /// wrongly.
    var miscount: (String, String)? {
        guard isStill, let look, offset == look.length else { return nil }
        let tombstones = look.length - met.count
        guard look.counted != String(tombstones) else { return nil }
        return ("\(list)", "\(look.length) \(look.counted) \(tombstones) \(look.first) \(look.last)")
    }
}
