// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Lets work through only after something was done once, such as the check of the server.
///
/// The first to come does it while the others wait; where it fails, all who waited fail with it and the next to come
/// tries again.
final class OnceGate: Sendable {
    private typealias Waiting = [CheckedContinuation<Result<Void, StintError>, Never>]

    private struct Entry {
        var isDone = false
        var waiting: Waiting = []
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Whether what `key` names has been done.
    func isOpen(_ key: String) -> Bool {
        entries.withLock { $0[key]?.isDone == true }
    }

    /// Returns once what `key` names has been done, by this caller or another.
    func pass(_ key: String, _ body: () async throws(StintError) -> Void) async throws(StintError) {
        let isFirst = entries.withLock { entries in
            if entries[key] == nil {
                entries[key] = Entry()
                return true
            }
            return false
        }
        guard isFirst else { return try await wait(key).get() }
        let result: Result<Void, StintError>
        do {
            try await body()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let waiting = entries.withLock { entries in
            let waiting = entries.removeValue(forKey: key)?.waiting ?? []
            if case .success = result { entries[key] = Entry(isDone: true) }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
        try result.get()
    }

    private func wait(_ key: String) async -> Result<Void, StintError> {
        await withCheckedContinuation { continuation in
            let outcome: Result<Void, StintError>? = entries.withLock { entries in
                guard let entry = entries[key] else {
                    // It failed between our two looks.
                    return .failure(StintError(.redisUnreachable, "The first contact with Redis failed; try again."))
                }
                if entry.isDone { return .success(()) }
                entries[key]?.waiting.append(continuation)
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }
}
