// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StintRedis
import Synchronization

/// What a worker process tells the registry with every beat.
package struct NodeDetails: Codable, Sendable, Hashable {
    /// A job that runs.
    package struct RunningJob: Codable, Sendable, Hashable {
        package var id: String
        package var name: String
        package var queue: String
        package var ran_ms: Int64
    }

    /// A queue that is served.
    package struct ServedQueue: Codable, Sendable, Hashable {
        package var name: String
        package var weight: Int
    }

    /// A loop that does not turn.
    package struct StuckLoop: Codable, Sendable, Hashable {
        package var loop: String
        package var queue: String?
        package var for_ms: Int64
        package var reason: String?
    }

    package var host: String
    package var pid: Int32
    package var version: String
    package var started_ms: Int64
    package var mode: String
    package var slots: Int
    package var busy: Int
    package var waiting: Int
    package var completed: Int
    package var failed: Int
    package var lease_ms: Int64
    package var queues: [ServedQueue]
    package var jobs: [RunningJob]
    package var stuck: [StuckLoop]
}

/// Says every five seconds that the worker is alive, and what it does.
///
/// Runs on the reactor. A beat that fails is made up for by the next one.
final class Heartbeat: Sendable {
    static let interval: Duration = .seconds(5)

    /// How soon a beat follows when the worker begins to run jobs, or runs none any more.
    private static let haste: Duration = .seconds(1)

    private let engine: WorkerEngine
    private let interval: Duration
    /// Whether an early beat is on its way.
    private let isHurrying = Mutex(false)
    private let startedMilliseconds: Int64
    /// Asked for once, by the caller's thread: on some systems it is looked up in the network.
    private let host = ProcessInfo.processInfo.hostName

    /// Makes one; the beats of `interval` come whether anything has happened or not.
    init(engine: WorkerEngine, interval: Duration = Heartbeat.interval) {
        self.interval = interval
        self.engine = engine
        startedMilliseconds = Int64(engine.core.wallClock())
    }

    /// Beats now and from then on, as long as the engine and this object live.
    func begin() {
        engine.setOnTurn { [weak self] in self?.hurry() }
        engine.core.reactor.execute { self.beat() }
    }

    private func beat() {
        guard !engine.isStopped else { return }
        tell()
        engine.core.reactor.schedule(after: interval) { [weak self] in self?.beat() }
    }

    /// Sends a beat within a second; all that changes until then goes with it.
    private func hurry() {
        let isFirst = isHurrying.withLock { isHurrying in
            defer { isHurrying = true }
            return !isHurrying
        }
        guard isFirst else { return }
        engine.core.reactor.schedule(after: Self.haste) { [weak self] in
            self?.isHurrying.withLock { $0 = false }
            self?.tell()
        }
    }

    private func tell() {
        let situation = engine.situation()
        guard situation.mode != "stopped" else { return }
        let details = NodeDetails(
            host: host, pid: ProcessInfo.processInfo.processIdentifier,
            version: StintVersion.current, started_ms: startedMilliseconds, mode: situation.mode,
            slots: engine.machineSettings.slots, busy: situation.running, waiting: situation.waiting,
            completed: situation.completed, failed: situation.failed,
            lease_ms: engine.machineSettings.lease.milliseconds,
            queues: engine.machineSettings.queues.map { .init(name: $0.name, weight: $0.weight) },
            jobs: situation.jobs.map {
                .init(id: $0.id.description, name: $0.name, queue: $0.queue, ran_ms: $0.ran.milliseconds)
            },
            stuck: engine.stuckLoops().map {
                .init(loop: $0.loop, queue: $0.queue, for_ms: Int64($0.seconds * 1000), reason: $0.reason)
            })
        if let json = try? JSONEncoder().encode(details) {
            let served = engine.machineSettings.queues.map(\.name)
            engine.core.beat(node: engine.node, details: [UInt8](json), served: served) { [engine] result in
                switch result {
                case .success: engine.turned(.heartbeat)
                case .failure(let failure): engine.failed(.heartbeat, StintError(failure))
                }
            }
        }
    }

    /// Takes the worker out of the registry.
    ///
    /// Where Redis gives no answers, that of this call is not waited for.
    func leave() async {
        guard engine.unrecorded == nil else { return engine.core.leave(node: engine.node) { _ in } }
        await withCheckedContinuation { continuation in
            engine.core.leave(node: engine.node) { _ in continuation.resume() }
        }
    }
}
