// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension Queue {
    /// What became of one job that was to be cancelled.
    public enum CancelOutcome: String, Sendable, Hashable, Codable {
        /// It waited, and is cancelled.
        case cancelled
        /// It runs and was told to stop; unless it completes first, it ends as cancelled.
        case requested
        /// It had ended already.
        case ended
        /// It is in another state by now than was asked for, or it is another job; it was left alone.
        case changed
        /// Its record is damaged, and was left alone: `stint doctor` tells of it, and it can be removed.
        case damaged
        /// There is no such job.
        case notFound
    }

    /// What became of one dead job that was to be retried.
    public enum RetryOutcome: String, Sendable, Hashable, Codable {
        /// It is ready again, with all its attempts before it.
        case ready
        /// Another job holds its unique key now; it stays dead.
        case keyTaken
        /// It is not dead.
        case notDead
        /// Its payload is gone from Redis; it stays dead.
        case payloadGone
        /// Its record is damaged, and was left alone: `stint doctor` tells of it, and it can be removed.
        case damaged
        /// There is no such job.
        case notFound
    }

    /// What became of one job that was to be removed.
    public enum RemoveOutcome: String, Sendable, Hashable, Codable {
        /// It is gone, with all that the queue held about it; of a damaged record, as far as it tells what that is.
        case removed
        /// It runs, and was left alone; cancel it first.
        case running
        /// It is in another state by now than was asked for, or it is another job; it was left alone.
        case changed
        /// There is no such job (any more).
        case notFound
    }

    /// What became of one delayed job that was to be made ready.
    public enum PromoteOutcome: String, Sendable, Hashable, Codable {
        /// It is ready.
        case ready
        /// It was not delayed (any more).
        case notDelayed
        /// Its record is damaged, and was left alone: `stint doctor` tells of it, and it can be removed.
        case damaged
        /// There is no such job.
        case notFound
    }

    /// What a purge deletes.
    ///
    /// Running jobs are never purged.
    public enum PurgeTarget: String, Sendable, Hashable, Codable, CaseIterable {
        /// Jobs that wait for a worker.
        case ready
        /// Jobs that wait for their time.
        case delayed
        /// Jobs that gave up.
        case dead
        /// Completed and cancelled jobs that are kept.
        case kept
    }
}
