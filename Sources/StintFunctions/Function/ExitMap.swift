// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Says what the exit codes of a function mean.
package struct ExitMap: Sendable, Hashable {
    /// What an exit code means for the job.
    package enum Meaning: String, Sendable, Hashable, CaseIterable {
        /// The job is done.
        case done
        /// The attempt failed; the job is retried by its policy.
        case retry
        /// The job can never succeed.
        case dead
        /// Not now; the attempt is not counted.
        case snooze
    }

    private var meanings: [Int: Meaning]

    /// 0 done, 65 (bad data) and 78 (bad configuration) dead, 79 snooze, 75 and all others retry.
    package static let standard = ExitMap(meanings: [0: .done, 65: .dead, 78: .dead, 75: .retry, 79: .snooze])

    private init(meanings: [Int: Meaning]) { self.meanings = meanings }

    /// What this code means.
    package func meaning(of code: Int) -> Meaning { meanings[code] ?? .retry }

    /// Replaces the list of codes that have a meaning; codes that had it before and are not named are retried.
    mutating func set(_ meaning: Meaning, to codes: [Int]) {
        for code in meanings.filter({ $0.value == meaning }).keys where code != 0 { meanings[code] = nil }
        for code in codes { meanings[code] = meaning }
    }
}
