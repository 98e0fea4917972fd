// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How long to wait before the next connection attempt: 100 ms·2ⁿ up to 5 s or the limit given, with full jitter.
///
/// The jitter spreads the clients of a Redis that comes back; without it all of them would arrive at once.
struct Backoff {
    private static let base: Duration = .milliseconds(100)
    private static let limit: Duration = .seconds(5)

    private let random: any RandomSource
    private let reconnects: ReconnectLimit
    private var attempts = 0

    init(random: any RandomSource, reconnects: ReconnectLimit = .init()) {
        self.random = random
        self.reconnects = reconnects
    }

    private var ceiling: Duration {
        min(Self.limit, Self.base * (1 << min(attempts, 6)))
    }

    /// Counts a failure and returns how long to wait.
    mutating func next() -> Duration {
        defer { attempts += 1 }
        return random.duration(upTo: min(ceiling, reconnects.current))
    }

    /// Counts a failure and returns the longest wait, for what must not happen often.
    mutating func nextUnjittered() -> Duration {
        defer { attempts += 1 }
        return ceiling
    }

    /// Begins anew, after a connection proved itself.
    mutating func reset() {
        attempts = 0
    }
}
