// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// Performs what a ``ClusterMachine`` decides: holds the nodes and the commands that wait for the map.
final class ClusterRouter: Sendable {
    /// A command on its way.
    struct Call: Sendable {
        let command: RedisCommand
        let place: RedisCommand.Place
        let isBlocking: Bool
        var deadline: Duration
        let timeout: Duration
        /// How often it was sent on.
        var hops = 0
        let completion: @Sendable (Result<RedisValue, RedisFailure>) -> Void
    }

    /// The connection on which the commands that block for one key go.
    struct Wait: Sendable {
        let node: ClusterEndpoint
        let link: CommandLink
    }

    struct State {
        var machine: ClusterMachine
        var nodes: [ClusterEndpoint: RedisNode] = [:]
        /// By key.
        var waits: [[UInt8]: Wait] = [:]
        /// Commands that wait for the first map, by a number that grows.
        var waiting: [(number: Int, call: Call)] = []
        var nextNumber = 0
        var listeningPost: ClusterEndpoint?
        var isClosed = false
    }

    let configuration: RedisConfiguration
    let reactor: NIOReactor
    let random: any RandomSource
    let logger: Logger
    let state: Mutex<State>

    init(configuration: RedisConfiguration, reactor: NIOReactor, random: any RandomSource, logger: Logger) {
        self.configuration = configuration
        self.reactor = reactor
        self.random = random
        self.logger = logger
        let seeds = configuration.clusterSeeds.compactMap { address -> ClusterEndpoint? in
            guard case .tcp(let host, let port) = address else { return nil }
            return ClusterEndpoint(host: host, port: port)
        }
        state = Mutex(State(machine: ClusterMachine(seeds: seeds, random: random)))
    }

    /// Sends a command to the node of its key; `completion` is called once, on the reactor.
    func send(
        _ command: RedisCommand, isBlocking: Bool, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        route(
            Call(
                command: command, place: command.place, isBlocking: isBlocking, deadline: reactor.now + timeout,
                timeout: timeout, completion: completion))
    }

    private func route(_ call: Call) {
        enum Step {
            case send(CommandLink, ClusterEndpoint)
            case wait(Int)
            case fail(RedisFailure)
        }
        let now = reactor.now
        let (step, actions): (Step, [ClusterMachine.Action]) = state.withLock { state in
            if state.isClosed { return (.fail(.closed), []) }
            switch state.machine.route(call.place.slot) {
            case .node(let node) where state.waiting.isEmpty:
                return (.send(link(for: call, at: node, &state), node), [])
            // Behind those that wait, also when the map has just come: the order for a slot stays.
            case .unknown, .node:
                state.nextNumber += 1
                state.waiting.append((state.nextNumber, call))
                return (.wait(state.nextNumber), state.machine.want(now))
            case .unserved:
                let error = RedisServerError(code: "CLUSTERDOWN", message: "nobody serves the slot of the key")
                return (.fail(.server(error)), state.machine.want(now))
            }
        }
        switch step {
        case .send(let link, let node): send(call, to: node, link, asking: false)
        case .wait(let number): expire(number, at: call.deadline)
        case .fail(let failure): reactor.execute { call.completion(.failure(failure)) }
        }
        perform(actions)
    }

    private func send(_ call: Call, to node: ClusterEndpoint, _ link: CommandLink, asking: Bool) {
        let left = max(.zero, call.deadline - reactor.now)
        let completion: @Sendable (Result<RedisValue, RedisFailure>) -> Void = { [self] result in
            received(result, call, from: node)
        }
        if asking {
            link.sendAsking(call.command, timeout: left, completion: completion)
        } else {
            link.send(call.command, timeout: left, completion: completion)
        }
    }

    private func received(_ result: Result<RedisValue, RedisFailure>, _ call: Call, from node: ClusterEndpoint) {
        guard case .failure(let failure) = result else {
            state.withLock { $0.machine.answered(node) }
            return call.completion(result)
        }
        let now = reactor.now
        let (verdict, actions, link): (ClusterMachine.Verdict, [ClusterMachine.Action], CommandLink?) =
            state.withLock { state in
                if state.isClosed { return (.deliver(failure), [], nil) }
                let (verdict, actions) = state.machine.failed(
                    failure, at: node, keys: call.place.keys, hops: call.hops, now: now)
                guard case .send(let next, _) = verdict else { return (verdict, actions, nil) }
                return (verdict, actions, self.link(for: call, at: next, &state))
            }
        var call = call
        call.hops += 1
        // A wait begins anew at another node.
        if call.isBlocking { call.deadline = now + call.timeout }
        switch verdict {
        case .deliver(let failure): call.completion(.failure(failure))
        case .routeAgain: route(call)
        case .send(let next, let asking):
            if let link { send(call, to: next, link, asking: asking) }
        }
        perform(actions)
    }

    /// The connection for a call at a node; made when it is not there yet.
    private func link(for call: Call, at endpoint: ClusterEndpoint, _ state: inout State) -> CommandLink {
        let node = node(endpoint, &state)
        guard call.isBlocking else { return node.commandLink }
        if let wait = state.waits[call.place.key] {
            if wait.node == endpoint { return wait.link }
            // The slot has moved: nobody waits there for anything that would come.
            wait.link.shutdownWithoutWaiting()
        }
        let link = node.makeBlockingLink()
        state.waits[call.place.key] = Wait(node: endpoint, link: link)
        return link
    }

    func node(_ endpoint: ClusterEndpoint, _ state: inout State) -> RedisNode {
        if let node = state.nodes[endpoint] { return node }
        let address = RedisConfiguration.Address.tcp(host: endpoint.host, port: endpoint.port)
        let node = RedisNode(
            configuration: configuration.node(at: address), reactor: reactor, random: random, logger: logger
        ) { [weak self] in self?.lost(endpoint) }
        state.nodes[endpoint] = node
        return node
    }

    private func lost(_ endpoint: ClusterEndpoint) {
        let now = reactor.now
        perform(
            state.withLock { state in
                // One that was let go of is nobody's concern.
                guard !state.isClosed, state.nodes[endpoint] != nil else { return [] }
                return state.machine.lost(endpoint, now: now)
            })
    }

    /// Where to listen to channels next: at another node than last time, if there is one.
    func nextListeningPost() -> RedisConfiguration.Address {
        let post = state.withLock { state in
            state.listeningPost = state.machine.anyNode(otherThan: state.listeningPost)
            return state.listeningPost
        }
        return post.map { .tcp(host: $0.host, port: $0.port) } ?? configuration.address
    }

    // MARK: The map

    func perform(_ actions: [ClusterMachine.Action]) {
        for action in actions {
            switch action {
            case .ask(let endpoint): ask(endpoint)
            case .wait(let time):
                reactor.schedule(after: time) { [weak self] in
                    guard let self else { return }
                    let now = reactor.now
                    perform(state.withLock { $0.isClosed ? [] : $0.machine.refreshDue(now: now) })
                }
            case .changed: mapChanged()
            case .fail(let failure):
                for call in takeWaiting() { reactor.execute { call.completion(.failure(failure)) } }
            }
        }
    }

    private func takeWaiting() -> [Call] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting.map(\.call)
        }
    }

    /// A command that waits for the map waits no longer than its time.
    private func expire(_ number: Int, at deadline: Duration) {
        reactor.schedule(after: deadline - reactor.now) { [weak self] in
            guard let self else { return }
            let call: Call? = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
                return state.waiting.remove(at: index).call
            }
            let text = "no node of the cluster at \(configuration.endpoint) answered within the time limit"
            call?.completion(.failure(.notSent(text)))
        }
    }

    private func mapChanged() {
        let (gone, waits) = state.withLock { state in
            let primaries = Set(state.machine.primaries)
            let gone = state.nodes.filter { !primaries.contains($0.key) }
            let waits = state.waits.filter { gone[$0.value.node] != nil }
            for endpoint in gone.keys { state.nodes[endpoint] = nil }
            for key in waits.keys { state.waits[key] = nil }
            return (gone, waits)
        }
        for wait in waits.values { wait.link.shutdownWithoutWaiting() }
        // What they have not sent comes back and finds its new node.
        for node in gone.values { node.commandLink.shutdownWithoutWaiting() }
        let unserved: [Call] = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting.map(\.call).filter { call in
                guard case .node(let node) = state.machine.route(call.place.slot) else { return true }
                send(call, to: node, link(for: call, at: node, &state), asking: false)
                return false
            }
        }
        for call in unserved { route(call) }
    }

    /// Refuses everything from now on and returns the nodes for their connections to be closed.
    @discardableResult
    func close() -> [RedisNode] {
        let (nodes, waits, waiting) = state.withLock { state in
            defer {
                state.nodes = [:]
                state.waits = [:]
                state.waiting = []
            }
            state.isClosed = true
            return (Array(state.nodes.values), Array(state.waits.values), state.waiting)
        }
        for wait in waits { wait.link.shutdownWithoutWaiting() }
        for (_, call) in waiting { reactor.execute { call.completion(.failure(.closed)) } }
        return nodes
    }
}
