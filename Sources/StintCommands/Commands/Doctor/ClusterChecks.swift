// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// What `stint doctor` thinks of queues as parts of a Redis Cluster.
struct ClusterChecks {
    /// A queue of a cluster.
    struct Place: Sendable {
        /// Its name.
        var queue: String
        /// Its slot.
        var slot: Int
        /// What it takes; nil if that could not be asked.
        var memory: QueueMemory?
    }

    /// From how many bytes on a key makes moving a queue's slot dangerous.
    static let bigKey = 100 << 20

    /// The queues.
    let places: [Place]
    /// The slots that are on their way.
    let moving: Set<Int>
    /// How redis-cli reaches the cluster.
    let client: String

    /// All checks, in the order in which they are printed.
    var all: [DoctorCheck] {
        places.compactMap { place in
            if moving.contains(place.slot) {
                return DoctorCheck(
                    .warning, "cluster.moving",
                    "the slot \(place.slot) of '\(place.queue)' is being moved: the queue stands still and was not audited",
                    do: client + " cluster nodes", queue: place.queue)
            }
            guard let memory = place.memory else {
                return DoctorCheck(
                    .unchecked, "cluster.big", "not checked: MEMORY USAGE of '\(place.queue)'", queue: place.queue)
            }
            guard memory.largestKey >= Self.bigKey else { return nil }
            return DoctorCheck(
                .warning, "cluster.big",
                "queue '\(place.queue)' has a key of \(NumberText.bytes(memory.largestKey)), which a cluster moves in one "
                    + "piece: drain it before you move its slot",
                do: "stint queue drain \(place.queue)", queue: place.queue)
        }
    }
}
