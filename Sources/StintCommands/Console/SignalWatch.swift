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

/// Takes signals over for as long as it lives; what they did before comes back afterwards.
package final class SignalWatch {
    private let sources: [any DispatchSourceSignal]
    private let numbers: [Int32]

    /// Calls `handler` with the number of each signal that arrives, one at a time.
    package init(_ numbers: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
        let queue = DispatchQueue(label: "stint.signals")
        self.numbers = numbers
        sources = numbers.map { number in
            // The source only tells; without this the signal would still end or stop the process.
            // (SIGCONT goes on with a stopped process whatever its disposition.)
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(number) }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }
}

extension SignalWatch {
    /// Runs the body in a task that the first SIGINT or SIGTERM cancels; the next one ends the process.
    ///
    /// - Throws: `CancellationError` if it was cancelled and the body gave up, else what the body throws.
    package static func cancelling<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let invocation = Invocation.current
        let task = Task { try await Invocation.$current.withValue(invocation) { try await body() } }
        let watch = SignalWatch([SIGINT, SIGTERM]) { number in
            if task.isCancelled { _exit(128 + number) }
            task.cancel()
        }
        defer { withExtendedLifetime(watch) {} }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
