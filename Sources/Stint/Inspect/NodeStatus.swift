// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// A worker process as the registry sees it.
public struct NodeStatus: Sendable, Hashable, Codable {
    /// A job that a worker runs.
    public struct RunningJob: Sendable, Hashable, Codable {
        /// The job's id.
        public let id: JobID
        /// Its name.
        public let name: String
        /// Its queue.
        public let queue: String
        /// For how long it has run, in seconds, when the worker last beat.
        public let seconds: TimeInterval
    }

    /// A queue that a worker serves.
    public struct ServedQueue: Sendable, Hashable, Codable {
        /// The queue's name.
        public let name: String
        /// Its weight among the worker's queues.
        public let weight: Int
    }

    /// The node's id, as running jobs name it.
    public let id: String
    /// When it was last heard of, by Redis time.
    public let lastBeat: Date
    /// How long ago that was, in seconds; over some 15 it is gone or cut off.
    public let age: TimeInterval
    /// The name of its machine.
    public let host: String
    /// Its process id.
    public let pid: Int
    /// The release of Stint that it was built with.
    public let version: String
    /// When it was started, by its own clock.
    public let startedAt: Date?
    /// What it does: `running`, `quiet`, `draining` and the like.
    public let mode: String
    /// How many jobs it can run at a time.
    public let slots: Int
    /// How many it runs.
    public let running: Int
    /// How many claimed jobs wait in it for their turn.
    public let waiting: Int
    /// How many attempts ended well since it was started.
    public let completed: Int
    /// How many attempts failed since it was started.
    public let failed: Int
    /// How long its leases last, in milliseconds.
    public let leaseMilliseconds: Int
    /// The queues that it serves.
    public let queues: [ServedQueue]
    /// The jobs that it runs, as far as it says.
    public let jobs: [RunningJob]
    /// Its loops that had not turned for three times as long as they should, when it last beat.
    public let stuck: [StuckLoop]
}
