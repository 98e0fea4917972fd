// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What wakes a supervisor: the time to look around, and SIGTERM.
final class SupervisorEvents {
    enum Event: Sendable { case tick, terminate }

    /// The events; ends with this object.
    let stream: AsyncStream<Event>

    private let timer: any DispatchSourceTimer
    private let terminate: any DispatchSourceSignal
    private let continuation: AsyncStream<Event>.Continuation

    /// Takes SIGTERM over, and ignores the signals of terminals.
    init(periodMilliseconds: Int) {
        let queue = DispatchQueue(label: "stint.supervisor")
        let (stream, continuation) = AsyncStream<Event>.makeStream()
        self.stream = stream
        self.continuation = continuation
        for number in [SIGINT, SIGHUP, SIGTERM] { signal(number, SIG_IGN) }
        terminate = DispatchSource.makeSignalSource(signal: SIGTERM, queue: queue)
        terminate.setEventHandler { continuation.yield(.terminate) }
        terminate.resume()
        timer = DispatchSource.makeTimerSource(queue: queue)
        let period = DispatchTimeInterval.milliseconds(periodMilliseconds)
        timer.schedule(deadline: .now() + period, repeating: period, leeway: .milliseconds(20))
        timer.setEventHandler { continuation.yield(.tick) }
        timer.resume()
    }

    deinit {
        timer.cancel()
        terminate.cancel()
        continuation.finish()
    }
}
