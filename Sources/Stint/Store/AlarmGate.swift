// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides whether a message that comes again and again is logged once more.
///
/// Holds no clock.
struct AlarmGate {
    private struct Entry {
        var lastLogged: Duration
        var keptBack = 0
    }

    private let interval: Duration
    private var entries: [String: Entry] = [:]

    /// Lets each message through once in `interval`.
    init(interval: Duration = .seconds(30)) {
        self.interval = interval
    }

    /// Returns how often the message was kept back since it was last let through; nil where it is kept back now.
    mutating func pass(_ key: String, now: Duration) -> Int? {
        guard let entry = entries[key], now - entry.lastLogged < interval else {
            let keptBack = entries[key]?.keptBack ?? 0
            entries[key] = Entry(lastLogged: now)
            return keptBack
        }
        entries[key]?.keptBack += 1
        return nil
    }
}
