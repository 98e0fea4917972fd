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

    private enum Entry {
        case running(Waiting)
        case done
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Whether what `key` names has been done.
    func isOpen(_ key: String) -> Bool {
        entries.withLock {
            if case .done? = $0[key] { true } else { false }
        }
    }

    /// Returns once what `key` names has been done, by this caller or another.
    func pass(_ key: String, _ body: () async throws(StintError) -> Void) async throws(StintError) {
        let isFirst = entries.withLock { entries in
            if entries[key] == nil {
                entries[key] = .running([])
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
            guard case .running(let waiting)? = entries[key] else { return Waiting() }
            if case .success = result { entries[key] = .done } else { entries[key] = nil }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
        try result.get()
    }

    private func wait(_ key: String) async -> Result<Void, StintError> {
        await withCheckedContinuation { continuation in
            let outcome: Result<Void, StintError>? = entries.withLock { entries in
                switch entries[key] {
                case .done?: return .success(())
                case .running(let waiting)?:
                    entries[key] = .running(waiting + [continuation])
                    return nil
                case nil:
                    // It failed between our two looks.
                    return .failure(StintError(.redisUnreachable, "The first contact with Redis failed; try again."))
                }
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }
}
