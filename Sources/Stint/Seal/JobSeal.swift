// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// How the payload of a job is sealed, and whether the client that read it could open it.
public struct JobSeal: Sendable, Hashable, Codable {
    /// The key that it names; nil if it is not in the form of a ``SealedEnvelope``.
    public let keyID: String?
    /// Why it could not be opened; nil where payload, result and texts are what the job carries.
    public let problem: String?

    /// Whether it was opened.
    public var isOpen: Bool { problem == nil }

    package init(keyID: String?, problem: String?) {
        self.keyID = keyID
        self.problem = problem
    }
}
