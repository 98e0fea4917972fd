// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging

/// A private group of one primary, its replicas and the sentinels that watch them, on free ports of the loopback.
///
/// For tests. Every process is a ``PrivateRedis`` and goes with this object, whatever happens to the owner.
package final class PrivateSentinel: Sendable {
    /// The name by which the sentinels know the primary.
    package let name: String
    /// The servers; the first one is the primary at the start.
    package let servers: [PrivateRedis]
    /// The ports of ``servers``.
    package let ports: [Int]
    /// The sentinels.
    package let sentinels: [PrivateRedis]
    /// The ports of ``sentinels``.
    package let sentinelPorts: [Int]

    private let sentinelPassword: String?

    private init(
        name: String, servers: [PrivateRedis], ports: [Int], sentinels: [PrivateRedis], sentinelPorts: [Int],
        sentinelPassword: String?
    ) {
        self.name = name
        self.sentinelPassword = sentinelPassword
        self.servers = servers
        self.ports = ports
        self.sentinels = sentinels
        self.sentinelPorts = sentinelPorts
    }

    /// The address for clients: all sentinels and the primary's name, without a password.
    package var url: String {
        "redis+sentinel://" + sentinelPorts.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/\(name)"
    }

    /// Starts everything and waits until the sentinels know each other and the replicas: some seconds.
    ///
    /// - Parameters:
    ///   - replicas: How many replicas the primary has.
    ///   - sentinels: How many sentinels there are; more than half of them must agree on a failover.
    ///   - downAfter: How long a primary may be silent before a sentinel takes it for dead.
    ///   - serverConfiguration: More lines of redis.conf for every server.
    ///   - sentinelPassword: The password that the sentinels ask for.
    ///   - executable: The server to run, looked up in `PATH`; nil for ``PrivateRedis/defaultExecutable``.
    package static func start(
        name: String = "mymaster", replicas: Int = 2, sentinels: Int = 3, downAfter: Duration = .seconds(1),
        serverConfiguration: [String] = [], sentinelPassword: String? = nil, executable: String? = nil
    ) async throws(PrivateRedisError) -> PrivateSentinel {
        let ports: [Int]
        do {
            ports = try LoopbackPort.free(1 + replicas + sentinels)
        } catch {
            throw PrivateRedis.failed("no free port was found: \(error)")
        }
        var servers: [PrivateRedis] = []
        for port in ports.prefix(1 + replicas) {
            let lines = ["port \(port)", "bind 127.0.0.1", "repl-diskless-sync-delay 0", "repl-ping-replica-period 1"]
            let following = port == ports[0] ? [] : ["replicaof 127.0.0.1 \(ports[0])"]
            servers.append(
                try await PrivateRedis.start(
                    appendOnly: true, extraConfiguration: lines + following + serverConfiguration,
                    executable: executable))
        }
        // A sentinel asks a primary for its replicas at the start, and then not for ten seconds.
        for server in servers.dropFirst() {
            try await wait("a replica", within: .seconds(60)) {
                await ask(server, RedisCommand("ROLE"))?.arrayValue?.dropFirst(3).first?.string == "connected"
            }
        }
        let milliseconds = Int(downAfter / .milliseconds(1))
        var guards: [PrivateRedis] = []
        for port in ports.suffix(sentinels) {
            var lines = [
                "port \(port)", "bind 127.0.0.1", "sentinel monitor \(name) 127.0.0.1 \(ports[0]) \(sentinels / 2 + 1)",
                "sentinel down-after-milliseconds \(name) \(milliseconds)",
                "sentinel failover-timeout \(name) 5000", "sentinel parallel-syncs \(name) 2",
            ]
            if let sentinelPassword {
                lines += ["requirepass \(sentinelPassword)", "sentinel sentinel-pass \(sentinelPassword)"]
            }
            guards.append(
                try await PrivateRedis.start(
                    try PrivateRedis.prepareSentinel(
                        configuration: lines, executable: executable ?? PrivateRedis.defaultExecutable)))
        }
        let group = PrivateSentinel(
            name: name, servers: servers, ports: Array(ports.prefix(1 + replicas)), sentinels: guards,
            sentinelPorts: Array(ports.suffix(sentinels)),
            sentinelPassword: sentinelPassword)
        try await group.waitUntilComplete()
        return group
    }

    /// The place in ``servers`` of the one that most of the sentinels that answer take for the primary, if there is one.
    package func primary() async -> Int? {
        var votes: [Int: Int] = [:]
        var answers = 0
        for sentinel in sentinels where sentinel.pid != nil {
            let command = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)
            guard let reply = await Self.ask(sentinel, password: sentinelPassword, command)?.arrayValue,
                reply.count == 2
            else { continue }
            answers += 1
            if let index = ports.firstIndex(where: { Int64($0) == reply[1].integerValue }) {
                votes[index, default: 0] += 1
            }
        }
        return votes.first { $0.value * 2 > answers }?.key
    }

    /// Kills the primary with SIGKILL and returns its place in ``servers``.
    @discardableResult
    package func killPrimary() async throws(PrivateRedisError) -> Int {
        let index = try await knownPrimary()
        servers[index].kill()
        return index
    }

    /// Stops the primary's process where it stands and returns its place in ``servers``.
    @discardableResult
    package func suspendPrimary() async throws(PrivateRedisError) -> Int {
        let index = try await knownPrimary()
        servers[index].suspend()
        return index
    }

    /// Waits until most sentinels name another primary than `old` and that one says so itself; returns its place.
    @discardableResult
    package func waitForFailover(from old: Int, within limit: Duration = .seconds(60)) async throws(PrivateRedisError)
        -> Int
    {
        var found: Int?
        try await Self.wait("a failover", within: limit) {
            guard let index = await primary(), index != old, await role(of: index) == "master" else { return false }
            found = index
            return true
        }
        return found ?? old
    }

    /// What a server says it is: `master` or `slave`; nil if it does not answer.
    package func role(of index: Int) async -> String? {
        guard servers[index].pid != nil else { return nil }
        return await Self.ask(servers[index], RedisCommand("ROLE"))?.arrayValue?.first?.string
    }

    /// Waits until a server follows the present primary, and has its data.
    ///
    /// Sentinels take about twenty seconds to make a former primary a replica.
    package func waitForReplica(_ index: Int, within limit: Duration = .seconds(60)) async throws(PrivateRedisError) {
        try await Self.wait("server \(index) as a replica", within: limit) {
            guard let role = await Self.ask(servers[index], RedisCommand("ROLE"))?.arrayValue, role.count > 3,
                let primary = await primary()
            else { return false }
            return role[2].integerValue == Int64(ports[primary]) && role[3].string == "connected"
        }
    }

    /// Ends every process.
    package func stop() async {
        for process in sentinels + servers { process.kill() }
    }

    private func knownPrimary() async throws(PrivateRedisError) -> Int {
        guard let index = await primary() else { throw PrivateRedis.failed("the sentinels agree on no primary") }
        return index
    }

    /// The number of the present configuration; it grows with each failover.
    package func epoch() async -> Int {
        var highest = 0
        for sentinel in sentinels where sentinel.pid != nil {
            highest = max(highest, await facts(from: sentinel)["config-epoch"].flatMap { Int($0) } ?? 0)
        }
        return highest
    }

    /// What a sentinel says of the primary.
    private func facts(from sentinel: PrivateRedis) async -> [String: String] {
        let command = RedisCommand("SENTINEL", "MASTER", name)
        let reply = await Self.ask(sentinel, password: sentinelPassword, command)?.arrayValue ?? []
        var fields: [String: String] = [:]
        for at in stride(from: 0, to: reply.count - 1, by: 2) {
            fields[reply[at].string ?? ""] = reply[at + 1].string
        }
        return fields
    }

    /// Each replica follows, and each sentinel knows all replicas and all other sentinels.
    private func waitUntilComplete() async throws(PrivateRedisError) {
        for index in servers.indices.dropFirst() { try await waitForReplica(index) }
        for sentinel in sentinels {
            try await Self.wait("a sentinel to know its group", within: .seconds(60)) {
                let fields = await facts(from: sentinel)
                return fields["num-slaves"] == "\(servers.count - 1)"
                    && fields["num-other-sentinels"] == "\(sentinels.count - 1)" && fields["flags"] == "master"
            }
        }
    }

    private static func wait(
        _ what: String, within limit: Duration, _ condition: () async -> Bool
    ) async throws(PrivateRedisError) {
        let deadline = ContinuousClock.now + limit
        while await !condition() {
            guard ContinuousClock.now < deadline else {
                throw PrivateRedis.failed("\(what) did not come about within \(limit.formatted)")
            }
            await pause(.milliseconds(20))
        }
    }

    private static func ask(
        _ server: PrivateRedis, password: String? = nil, _ command: RedisCommand
    ) async -> RedisValue? {
        var configuration = server.configuration
        configuration.password = password
        let node = RedisNode(
            configuration: configuration, reactor: NIOReactor(), random: SystemRandom(),
            logger: Logger(label: "stint.private") { _ in SwiftLogNoOpLogHandler() })
        let reply = try? await node.commands.send(command, timeout: .seconds(1))
        await node.shutdown()
        return reply
    }
}
