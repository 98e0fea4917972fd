// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One line of a job's log.
public struct JobLogLine: Sendable, Hashable, Codable {
    /// Where the line stands; pass it as `after` to read on.
    public let position: String
    /// The attempt that wrote it.
    public let attempt: Int
    /// Its number within the run; a run that was snoozed or handed back and the next one are the same attempt.
    public let number: Int
    /// The text.
    public let text: String
}
