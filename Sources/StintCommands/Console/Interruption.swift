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

/// Lets Ctrl-C end bulk work between two slices instead of in the middle of one.
enum Interruption {
    /// Runs the work in a task of its own, which Ctrl-C cancels.
    ///
    /// A second Ctrl-C ends the process at once.
    static func stoppable<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let result = await stoppable { () async -> Swift.Result<Result, any Error> in
            do { return .success(try await work()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The same for work that fails in its own way.
    static func stoppable<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        let task = Task { await work() }
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            task.cancel()
            signal(SIGINT, SIG_DFL)
        }
        source.resume()
        defer {
            source.cancel()
            signal(SIGINT, SIG_DFL)
        }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
