// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A key that at most one job of a queue holds, and what happens when a second job asks for it.
///
/// The key is free again in the very step in which the job that holds it ends (plus ``JobOptions/window``, if given);
/// no timer and no crash can leave it taken.
public struct UniqueKey: Sendable, Hashable {
    /// What happens when the key is taken.
    public enum Conflict: String, Sendable, Hashable, Codable {
        /// The new job is refused with ``StintError/Code/duplicateJob``.
        case reject
        /// The receipt names the job that holds the key; nothing is added.
        case existing
        /// The data and options of the job that holds the key are replaced if it is ready or delayed; its id, its
        /// place in a ready list and its priority stay. Otherwise the new job is refused.
        case replace
    }

    /// The key: at most 256 bytes.
    public var key: String
    /// What happens when the key is taken.
    public var onConflict: Conflict

    /// Names a key; a second job with it is refused unless `onConflict` says otherwise.
    public static func key(_ key: String, onConflict: Conflict = .reject) -> UniqueKey {
        UniqueKey(key: key, onConflict: onConflict)
    }
}
