// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import ServiceLifecycle
import StintRedis
import Synchronization

/// Puts jobs into queues and looks after them.
///
/// One per process and Redis is enough; every part of it may be used from any task.
///
/// Nothing is opened before the first call. Concurrent calls share what is sent to Redis, so enqueue as the jobs come
/// and do not gather them yourself. As a `Service` it keeps the connections until the graceful shutdown and then sends
/// what still waits.
public final class StintClient: Service, Sendable {
    /// What the client may do, apart from where Redis is.
    package struct Settings: Sendable {
        package var maxPayloadBytes = 1 << 20
        package var allowsEvictingRedis = false
        package var lanes = 2
        package var enqueueTimeout: Duration = .seconds(60)
        /// Whether the server is checked at the first contact.
        package var checksServer = true

        package init() {}
    }

    private struct State {
        var batchers: [String: EnqueueBatcher] = [:]
        var adminLanes: [String: Lane] = [:]
        var isClosed = false
    }

    /// Where the client logs.
    public let logger: Logger
    package let core: ClientCore
    package let settings: Settings
    let validation: EnqueueValidation
    let gate = OnceGate()
    let ended: EndedWatch
    let meters = EnqueueMeters()
    private let state = Mutex(State())
    /// The gate of a user who may do everything: no role is asked about.
    static let allRights = "all rights"

    /// Creates a client; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - configuration: Where Redis is, and what the client may do there.
    ///   - sealing: How to seal what jobs carry, such as with a `Keyring` of `StintCrypto`; not at all if left out. It
    ///     holds for the workers of the client as well.
    ///   - logger: Where to log.
    /// - Throws: ``StintError`` with code `invalidInput` if the configuration breaks a rule.
    public convenience init(
        _ configuration: Configuration, sealing: Sealing? = nil, logger: Logger
    ) throws(StintError) {
        let redis = try configuration.redisConfiguration()
        var settings = Settings()
        settings.maxPayloadBytes = configuration.maxPayloadBytes
        settings.allowsEvictingRedis = configuration.allowsEvictingRedis
        settings.lanes = configuration.lanes
        settings.enqueueTimeout = configuration.enqueueTimeout
        self.init(
            core: ClientCore(redis: redis, namespace: configuration.namespace, logger: logger, sealing: sealing),
            settings: settings)
    }

    /// Creates a client on a core, for simulations and tests.
    package init(core: ClientCore, settings: Settings = Settings()) {
        logger = core.logger
        self.core = core
        self.settings = settings
        validation = EnqueueValidation(maxPayloadBytes: settings.maxPayloadBytes)
        ended = EndedWatch(core: core)
    }

    /// Opens the connection and checks that this Redis can be trusted with jobs.
    ///
    /// Optional: the first call does it too. Call it at start-up to fail early; ``connect(as:queues:)`` also checks the
    /// user's rights.
    ///
    /// - Throws: ``StintError`` with code `redisUnreachable`, `redisRefused`, `redisBusy` or `redisUnsuitable`.
    public func connect() async throws(StintError) {
        try await connect(limit: core.commandTimeout)
    }

    /// Keeps the client open until the graceful shutdown of its service group, then sends what still waits and closes.
    public func run() async throws {
        try? await gracefulShutdown()
        await shutdown()
    }

    /// Refuses new calls, waits for the enqueues under way, and closes the connections.
    ///
    /// Takes as long as Redis needs to answer; where it does not, at most twice the time limit of an enqueue.
    public func shutdown() async {
        let (batchers, lanes) = state.withLock { state in
            state.isClosed = true
            return (Array(state.batchers.values), Array(state.adminLanes.values))
        }
        for batcher in batchers { await batcher.flush() }
        for batcher in batchers { batcher.close() }
        for lane in lanes { lane.close() }
        ended.close()
        await core.close()
    }

    package func connect(limit: Duration) async throws(StintError) {
        try checkOpen()
        guard settings.checksServer else { return }
        try await gate.pass("") { [core, settings, gate] () async throws(StintError) in
            let hasAllRights = try await core.checkServer(
                allowsEviction: settings.allowsEvictingRedis, limit: limit)
            if hasAllRights { try await gate.pass(Self.allRights) { () async throws(StintError) in } }
        }
    }

    /// Makes sure that the server was checked, the user has the rights, and the queue is known by name.
    ///
    /// An operator's is noted also on a Redis that is full. An enqueue is refused there, and must leave nothing behind.
    func prepare(queue: String, as role: AccessRole) async throws(StintError) {
        try checkOpen()
        let key = (role == .producer ? "produce " : "steer ") + queue
        if gate.isOpen(key) { return }
        let limit = settings.enqueueTimeout
        try await connect(limit: limit)
        try await authorize([role], queues: [queue])
        try await gate.pass(key) { [core] () async throws(StintError) in
            if role == .operator {
                try await core.register(queue: queue, limit: limit)
            } else {
                try await core.list(queue: queue, limit: limit)
            }
        }
    }

    /// Makes sure that what is asked for can be confirmed.
    func prepare(_ durability: Durability?) async throws(StintError) {
        guard durability?.kind == .fsynced else { return }
        try await gate.pass("fsync") { [core] () async throws(StintError) in try await core.checkFsync() }
    }

    /// The batcher of a queue.
    func batcher(_ queue: String) throws(StintError) -> EnqueueBatcher {
        let batcher: EnqueueBatcher? = state.withLock { state in
            if state.isClosed { return nil }
            if let batcher = state.batchers[queue] { return batcher }
            let batcher = EnqueueBatcher(
                core: core, queue: queue, lanes: settings.lanes, limit: settings.enqueueTimeout)
            state.batchers[queue] = batcher
            return batcher
        }
        guard let batcher else { throw .clientClosed }
        return batcher
    }

    /// The lane of a queue for calls other than enqueues, such as cancel.
    func adminLane(_ queue: String) throws(StintError) -> Lane {
        let lane: Lane? = state.withLock { state in
            if state.isClosed { return nil }
            if let lane = state.adminLanes[queue] { return lane }
            let policy = LaneMachine.Policy.producer(limit: settings.enqueueTimeout)
            let lane = Lane(core: core, keys: core.keys(queue: queue), policy: policy)
            state.adminLanes[queue] = lane
            return lane
        }
        guard let lane else { throw .clientClosed }
        return lane
    }

    func checkOpen() throws(StintError) {
        if state.withLock({ $0.isClosed }) { throw .clientClosed }
    }
}
