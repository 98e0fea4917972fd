// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Tells moments at an even rate, whatever becomes of what is begun at them.
///
/// Load whose arrivals wait for nobody (an open loop): a slow answer delays no later call, so times counted from these
/// moments leave nothing out ("coordinated omission", G. Tene, "How NOT to Measure Latency").
struct Pacer: Sendable {
    let count: Int
    /// Moments a second.
    let rate: Double

    /// The moments, each at or just after it has come; up to a tenth of a gap is added to each by chance.
    func moments() -> AsyncStream<Duration> {
        let (stream, continuation) = AsyncStream<Duration>.makeStream()
        let gap = 1e9 / rate
        let count = count
        // A thread that sleeps nearly until then and spins for the rest: a timer alone is late by what is measured.
        Thread.detachNewThread {
            let start = SharedClock.nanoseconds + 1_000_000
            for number in 0..<count {
                let moment = start + Int64((Double(number) + Double.random(in: 0..<0.1)) * gap)
                let early = moment - SharedClock.nanoseconds - 150_000
                if early > 0 { Thread.sleep(forTimeInterval: Double(early) / 1e9) }
                while SharedClock.nanoseconds < moment {}
                guard case .enqueued = continuation.yield(.nanoseconds(moment)) else { return }
            }
            continuation.finish()
        }
        return stream
    }
}
