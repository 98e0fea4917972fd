// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides where the commands of a cluster go, and when to ask who serves what.
///
/// Holds no clock and does no I/O: every event comes with the time, and the shell performs the returned actions.
///
/// The map is learned with the first command and again whenever something contradicts it: a redirection, a node that is
/// lost, a cluster that is down. Any node may be asked; those that are healthy come first. Rounds of questions begin at
/// least 100 ms apart, further apart while they fail, and go on while a primary is lost, so that its successor is found.
struct ClusterMachine {
    /// What the shell is to do.
    enum Action: Equatable {
        /// Ask this node for the map and report with `learned` or `notLearned`.
        case ask(ClusterEndpoint)
        /// Call `refreshDue` after this time.
        case wait(Duration)
        /// There is a new map: send what waits for one, close the connections to all but its primaries.
        case changed
        /// No node could tell: fail what waits for a map.
        case fail(RedisFailure)
    }

    /// Where a command is to go.
    enum Route: Equatable {
        case node(ClusterEndpoint)
        /// There is no map yet: keep it until there is one.
        case unknown
        /// Nobody serves its slot.
        case unserved
    }

    /// What becomes of a command that failed.
    enum Verdict: Equatable {
        /// Tell its caller.
        case deliver(RedisFailure)
        /// It was not run: send it there, behind ASKING if `asking`.
        case send(ClusterEndpoint, asking: Bool)
        /// It was not sent: find its node anew.
        case routeAgain
    }

    private enum Refresh {
        case idle
        case scheduled
        /// A node was asked; `rest` come next. `isOutdated` once something newer contradicts what it may answer.
        case asking(rest: [ClusterEndpoint], isOutdated: Bool)
    }

    /// How often a command is sent on before it is given back as not run.
    static let maxHops = 5
    private static let interval: Duration = .milliseconds(100)

    private let seeds: [ClusterEndpoint]
    private let random: any RandomSource
    private var map: SlotMap?
    private var refresh = Refresh.idle
    private var nextRound: Duration = .zero
    /// Rounds in a row that brought nothing, or no successor of a lost primary.
    private var vainRounds = 0
    /// Whom to ask first, as it knows something new.
    private var informed: ClusterEndpoint?
    /// Nodes that could not be reached and have not answered since.
    private var troubled: Set<ClusterEndpoint> = []

    init(seeds: [ClusterEndpoint], random: any RandomSource) {
        self.seeds = seeds
        self.random = random
    }

    /// Everybody who serves a slot; empty while that is not known.
    var primaries: [ClusterEndpoint] { map?.primaries ?? [] }

    /// A node for what any node can answer, a healthy one if there is one.
    func anyNode(otherThan avoided: ClusterEndpoint? = nil) -> ClusterEndpoint? {
        let known = map == nil ? seeds : primaries
        let healthy = known.filter { !troubled.contains($0) && $0 != avoided }
        return healthy.first ?? known.first { $0 != avoided } ?? known.first
    }

    /// Finds the node of a slot; a command without one may go anywhere.
    func route(_ slot: Int?) -> Route {
        guard let map else { return .unknown }
        guard let node = slot.map({ map[$0] }) ?? anyNode() else { return .unserved }
        return .node(node)
    }

    /// A command of `keys` keys that was sent on `hops` times failed at a node.
    mutating func failed(
        _ failure: RedisFailure, at node: ClusterEndpoint, keys: Int, hops: Int, now: Duration
    ) -> (Verdict, [Action]) {
        switch failure {
        case .server(let error):
            answered(node)
            return redirected(error, at: node, keys: keys, hops: hops, now: now)
        case .closed:
            let text = "the node \(node) has left the cluster"
            return (hops < Self.maxHops ? .routeAgain : .deliver(.notSent(text)), want(now))
        case .notSent, .outcomeUnknown, .protocolViolation:
            return (.deliver(failure), lost(node, now: now))
        case .refused:
            return (.deliver(failure), [])
        }
    }

    private mutating func redirected(
        _ error: RedisServerError, at node: ClusterEndpoint, keys: Int, hops: Int, now: Duration
    ) -> (Verdict, [Action]) {
        let verdict = Verdict.deliver(.server(error))
        let later = Verdict.deliver(.server(.init(code: "TRYAGAIN", message: "the slot is being moved (\(error))")))
        switch error.code {
        case "MOVED":
            guard let redirect = ClusterRedirect(error.message, from: node) else { return (verdict, want(now)) }
            map?.move(redirect.slot, to: redirect.endpoint)
            informed = redirect.endpoint
            if case .asking(let rest, _) = refresh { refresh = .asking(rest: rest, isOutdated: true) }
            let actions = want(now)
            return (hops < Self.maxHops ? .send(redirect.endpoint, asking: false) : later, actions)
        case "ASK":
            // Of several keys some may be there and some here: only the end of the move brings them together.
            guard keys <= 1, hops < Self.maxHops, let redirect = ClusterRedirect(error.message, from: node) else {
                return (later, [])
            }
            return (.send(redirect.endpoint, asking: true), [])
        case "CLUSTERDOWN", "READONLY", "UNBLOCKED", "LOADING", "MASTERDOWN":
            return (verdict, want(now))
        default:
            return (verdict, [])
        }
    }

    /// A node cannot be reached or fell silent.
    mutating func lost(_ node: ClusterEndpoint, now: Duration) -> [Action] {
        troubled.insert(node)
        return want(now)
    }

    /// A node answered.
    mutating func answered(_ node: ClusterEndpoint) {
        if !troubled.isEmpty { troubled.remove(node) }
    }
}

// MARK: Learning the map

extension ClusterMachine {
    /// Asks for the map, now or as soon as a round may begin.
    mutating func want(_ now: Duration) -> [Action] {
        guard case .idle = refresh else { return [] }
        return nextRound <= now ? begin(now) : schedule(now)
    }

    /// The time asked for with `wait` has passed.
    mutating func refreshDue(now: Duration) -> [Action] {
        guard case .scheduled = refresh else { return [] }
        return begin(now)
    }

    /// The node that was asked told the map.
    mutating func learned(_ map: SlotMap, now: Duration) -> [Action] {
        guard case .asking(_, let isOutdated) = refresh else { return [] }
        self.map = map
        refresh = .idle
        troubled.formIntersection(map.primaries)
        vainRounds = troubled.isEmpty ? 0 : vainRounds + 1
        nextRound = max(nextRound, now + pause())
        return [.changed] + (isOutdated || !troubled.isEmpty ? want(now) : [])
    }

    /// The node that was asked could not tell.
    mutating func notLearned(_ failure: RedisFailure, now: Duration) -> [Action] {
        guard case .asking(let rest, let isOutdated) = refresh else { return [] }
        // The seeds lead to a Redis that is no cluster: no other will know better.
        let isHopeless = map == nil && failure.isClusterDisabled
        if !isHopeless, let next = rest.first {
            refresh = .asking(rest: Array(rest.dropFirst()), isOutdated: isOutdated)
            return [.ask(next)]
        }
        refresh = .idle
        vainRounds += 1
        nextRound = now + pause()
        return [.fail(failure)] + (troubled.isEmpty ? [] : want(now))
    }

    private mutating func begin(_ now: Duration) -> [Action] {
        nextRound = now + Self.interval
        var order: [ClusterEndpoint] = []
        let healthy = primaries.filter { !troubled.contains($0) }
        let start = healthy.isEmpty ? 0 : Int(random.next() % UInt64(healthy.count))
        let known = [informed].compactMap { $0 } + healthy[start...] + healthy[..<start] + seeds + primaries
        for node in known where !order.contains(node) { order.append(node) }
        informed = nil
        guard let first = order.first else { return [] }
        refresh = .asking(rest: Array(order.dropFirst()), isOutdated: false)
        return [.ask(first)]
    }

    private mutating func schedule(_ now: Duration) -> [Action] {
        refresh = .scheduled
        return [.wait(nextRound - now)]
    }

    /// 100 ms, doubled with each vain round up to about 2 s; the jitter spreads the clients of a cluster.
    private func pause() -> Duration {
        let ceiling = min(Self.interval * (1 << min(vainRounds, 5)), .seconds(2))
        return ceiling / 2 + random.duration(upTo: ceiling / 2)
    }
}

extension RedisFailure {
    /// Whether a server answered that it belongs to no cluster.
    package var isClusterDisabled: Bool {
        guard case .server(let error) = self else { return false }
        return error.code == "ERR" && error.message.contains("cluster support disabled")
    }
}
