// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

/// A process of the simulation: it may be killed or stand still, and its network may be stormy or cut off.
///
/// It is the reactor that its client and worker run on, so that a killed process never does anything again, and one
/// that stands still does everything later.
final class SimulatedProcess: Reactor, @unchecked Sendable {
    let world: World
    let name: String
    let random: SplitMix64
    private(set) var isDead = false
    private(set) var isFrozen = false
    private var deferred: [@Sendable () -> Void] = []
    /// Faults are likely until then.
    var stormyUntil: Duration = .zero
    /// No connection comes about before.
    var isolatedUntil: Duration = .zero
    /// Since when nothing has gone wrong with it.
    private(set) var calmSince: Duration
    private var links: [SimulatedLink] = []

    init(_ world: World, name: String) {
        self.world = world
        self.name = name
        random = SplitMix64(seed: world.dice.source.next())
        calmSince = world.now
        world.add(self)
    }

    func tearDown() {
        isDead = true
        deferred = []
        links = []
    }

    var now: Duration { world.reactor.now }
    var isCurrent: Bool { world.reactor.isCurrent }

    func execute(_ body: @escaping @Sendable () -> Void) {
        world.reactor.execute { self.run(body) }
    }

    @discardableResult
    func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> ReactorTimer {
        world.reactor.schedule(after: delay) { self.run(body) }
    }

    /// Runs a body, or keeps it for later.
    func run(_ body: @escaping @Sendable () -> Void) {
        if isDead || world.finding != nil { return }
        if isFrozen { deferred.append(body) } else { body() }
    }

    /// Whether it lives and does something.
    var isActive: Bool { !isDead && !isFrozen }

    var isConnected: Bool { links.allSatisfy(\.isFluent) }

    func kill() {
        isDead = true
        deferred = []
        for link in links { link.cut(for: .seconds(1_000_000)) }
        world.note("\(name) is killed")
    }

    /// Stands still, as after SIGSTOP; its clock goes on.
    func freeze(for time: Duration) {
        guard isActive else { return }
        isFrozen = true
        world.note("\(name) stands still for \(time)")
        world.reactor.schedule(after: time) { self.thaw() }
    }

    func thaw() {
        guard isFrozen else { return }
        isFrozen = false
        trouble()
        world.note("\(name) goes on")
        let bodies = deferred
        deferred = []
        for body in bodies { execute(body) }
    }

    /// Something went wrong with it just now.
    func trouble() { calmSince = now }

    /// Cuts its connections.
    func cut(for time: Duration) {
        world.note("\(name) is cut off for \(time)")
        isolatedUntil = max(isolatedUntil, now + time)
        for link in links { link.cut(for: time) }
    }

    func makeCore() -> ClientCore {
        let commands = SimulatedLink(self, name: "commands")
        let blocking = SimulatedLink(self, name: "blocking")
        links += [commands, blocking]
        return ClientCore(
            transport: commands, blocking: blocking, reactor: self, random: random,
            wallClock: { [world] in UInt64(1_700_000_000_000 + Int64(world.now / .milliseconds(1))) },
            namespace: "sim", logger: world.logger, commandTimeout: max(.seconds(1), world.lease / 2),
            subscribe: { _, _, _ in {} }, close: {})
    }
}
