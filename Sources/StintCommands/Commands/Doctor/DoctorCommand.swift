// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintFunctions
import StintTerminal

/// The command `stint doctor`.
struct DoctorCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Find what is wrong with the queues, the workers, Redis and this machine.",
        discussion: """
            Audits every queue while it is in use, in small steps. Ends with 1 if there is a problem.

            Examples:
              stint doctor
              stint doctor --queue mail --fix --dry-run
              stint doctor --json | jq 'select(.status == "problem")'
              stint doctor --bundle doctor.json
            """)

    @Option(
        help: ArgumentHelp("Audit only this queue; may be repeated.", valueName: "name"),
        completion: LiveCompletion.queues)
    var queue: [String] = []
    @Flag(help: "Mend what can be mended without losing a job.") var fix = false
    @Option(
        help: ArgumentHelp("Write what a helper needs into a file, without payloads and secrets.", valueName: "file"),
        completion: .file())
    var bundle: String?
    @Flag(help: "Print one JSON object a check, and at last one that sums up.") var json = false
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var talk: TalkOptions

    /// How the command ends where nothing could be looked at.
    private static let comesFirst: Set<CommandStatus> = [.unreachable, .noPermission, .invalidConfiguration, .tryAgain]

    func validate() throws {
        if bundle == "-" { throw ValidationError("--bundle needs a file: stdout has the report.") }
        guard !fix else { return }
        let given = [("--yes", confirm.yes), ("--no-input", confirm.noInput), ("--dry-run", confirm.dryRun)]
        if let (option, _) = given.first(where: \.1) { throw ValidationError("\(option) needs --fix.") }
    }

    func perform(on console: Console) async throws {
        let local = LocalChecks(invocation: .current, traits: console.output).all
        do {
            try await connection.withClient(on: console, allowsEviction: true) { client, target in
                try await perform(client, target, local, console)
            }
        } catch let failure as CommandFailure where Self.comesFirst.contains(failure.status) {
            // What can be said without Redis may be the reason, and whoever helps needs it.
            let reach = DoctorCheck(
                .problem, "redis.reach", "Redis could not be looked at: \(failure.summary)",
                do: failure.hints.first?.command)
            let report = DoctorReport(checks: [reach] + local)
            report.print(json: json, isReached: false, on: console)
            try write(
                SupportBundle(
                    report: report, failure: failure,
                    configuration: try? Configuration.load(connection.flags(), in: .current),
                    now: Invocation.current.now()),
                console)
            throw failure
        }
    }

    private func write(_ contents: SupportBundle, _ console: Console) throws {
        guard let bundle else { return }
        try contents.write(to: Invocation.current.path(bundle))
        console.done("wrote \(bundle): without payloads, secrets, addresses and names of hosts")
    }

    private func perform(
        _ client: StintClient, _ target: RedisTarget, _ local: [DoctorCheck], _ console: Console
    ) async throws {
        let inspector = client.inspector
        let asked = try await inspector.known(queue, all: queue.isEmpty)
        let servers = try await inspector.serverReports()
        let nodes = try await inspector.nodes()
        let redisClient = RedisTarget.client(target.url)
        var report = DoctorReport()
        for (index, server) in servers.enumerated() {
            let place =
                servers.count == 1 ? target.endpoint : "primary \(index + 1) (port \(server.fields["tcp_port"] ?? "?"))"
            report.checks += ServerChecks(report: server, place: place, client: redisClient).all
        }
        let cluster = try await ClusterChecks.of(asked, servers, inspector, client: redisClient)
        report.checks += cluster.all
        // Where a slot is being moved every script would wait for the end of it.
        let standing = Set(cluster.places.filter { cluster.moving.contains($0.slot) }.map(\.queue))
        let names = asked.filter { !standing.contains($0) }
        let statuses = try await inspector.statuses(of: names)
        report.checks += WorkforceChecks(queues: statuses.known, nodes: nodes).all + statuses.unreadable
        report.checks += local

        let tooNew = Set(statuses.known.filter(\.isTooNew).map(\.name))
        let audited = names.filter { !tooNew.contains($0) }
        let audit = AuditRun(queues: audited, isWhole: queue.isEmpty, redisClient: redisClient, console: console)
        let done = try await Interruption.stoppable { try await audit.done(by: inspector) }
        let results = fix ? try await repair(done, client, console) : [:]
        report.checks += done.checks(after: results)
        report.print(json: json, on: console)
        try write(
            SupportBundle(
                report: report, servers: servers, queues: statuses.known, nodes: nodes, now: Invocation.current.now()),
            console)
        if report.count(.problem) > 0 { throw CommandFailure.silent(.failed) }
    }

    private func repair(
        _ audited: AuditRun, _ client: StintClient, _ console: Console
    ) async throws -> [AuditFinding: AuditRepair] {
        let count = audited.repairable.count
        guard count > 0 else {
            console.talk("nothing to mend")
            return [:]
        }
        let queues = Set(audited.repairable.map(\.queue)).sorted()
        let what = "\(NumberText.grouped(count)) finding\(count == 1 ? "" : "s") in \(QueueSelection.text(queues))"
        if confirm.dryRun {
            console.talk("would mend \(what)")
            return [:]
        }
        if !confirm.yes {
            let checks = audited.checks(after: [:]).filter { $0.finding?.isRepairable ?? false }
            for check in checks.prefix(DoctorReport.mostAlike) { console.talk(check.text) }
        }
        try confirm.confirm("Mend \(what)?", on: console)
        return try await Interruption.stoppable { try await audited.repair(client) }
    }
}

extension Inspector {
    /// Returns how queues stand, and checks about those that cannot be read.
    fileprivate func statuses(
        of names: [String]
    ) async throws(StintError) -> (known: [QueueStatus], unreadable: [DoctorCheck]) {
        var known: [QueueStatus] = []
        var unreadable: [DoctorCheck] = []
        for name in names {
            do {
                known.append(try await queue(name))
            } catch {
                // Of a queue whose keys were written by something else the others know nothing.
                guard error.code == .damaged || error.code == .internalError else { throw error }
                let text =
                    error.code == .damaged
                    ? "'\(name)' cannot be read: a key of it, which the row I10 names, was written by another program or "
                        + "is damaged"
                    : "'\(name)' cannot be read: \(error.message)"
                unreadable.append(DoctorCheck(.problem, "queue", text, queue: name))
            }
        }
        return (known, unreadable)
    }
}

extension ClusterChecks {
    /// Asks where the queues of a cluster are and how big they are; of a single server there is nothing to ask.
    fileprivate static func of(
        _ names: [String], _ servers: [ServerReport], _ inspector: Inspector, client: String
    ) async throws -> ClusterChecks {
        guard servers.contains(where: { $0.fields["cluster_state"] != nil }) else {
            return .init(places: [], moving: [], client: client)
        }
        var places: [Place] = []
        let moving: Set<Int> = servers.reduce(into: []) { $0.formUnion($1.movingSlots) }
        for name in names {
            let slot = inspector.slot(queue: name)
            let memory = moving.contains(slot) ? nil : try? await inspector.memory(queue: name)
            places.append(Place(queue: name, slot: slot, memory: memory))
        }
        return ClusterChecks(places: places, moving: moving, client: client)
    }
}
