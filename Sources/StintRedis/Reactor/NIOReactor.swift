// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
import NIOPosix

/// The production reactor: one NIO event loop.
package final class NIOReactor: Reactor {
    /// The loop that everything runs on.
    package let eventLoop: any EventLoop

    /// Wraps a loop that somebody else owns.
    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Takes one loop of the process-wide group, which nobody needs to shut down.
    package convenience init() {
        self.init(eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    package var now: Duration {
        .nanoseconds(Int64(NIODeadline.now().uptimeNanoseconds))
    }

    package var isCurrent: Bool {
        eventLoop.inEventLoop
    }

    package func execute(_ body: @escaping @Sendable () -> Void) {
        eventLoop.execute(body)
    }

    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> ReactorTimer {
        let scheduled = eventLoop.scheduleTask(in: TimeAmount(max(delay, .zero)), body)
        return ReactorTimer { scheduled.cancel() }
    }
}
