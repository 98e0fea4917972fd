// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintFunctions
import StintTerminal
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `stint enqueue --bulk`: opens the input, enqueues it, and says what became of it.
struct BulkEnqueue {
    let input: String
    let job: EnqueueOptions
    let bulk: BulkOptions
    let connection: ConnectionOptions
    let json: Bool
    let console: Console

    func run() async throws {
        let invocation = Invocation.current
        let (lines, size) = try open(invocation)
        if bulk.dryRun {
            let configuration = try Configuration.load(connection.flags(), in: invocation)
            return try await run(lines, size, configuration, ids: nil) { _ in [] }
        }
        try await connection.withClient(on: console) { client, target in
            // Only now: what stands in the file is gone as soon as it is opened.
            if let ids = bulk.ids { try refuseInput(ids, invocation) }
            let ids = try bulk.ids.map { try IDList($0, console: console, invocation) }
            let looked = Mutex(Set<String>())
            let names = UnknownNames(JobPlan(target.configuration), console)
            try await run(lines, size, target.configuration, ids: ids) { [console] jobs throws(StintError) in
                names.look(at: jobs)
                let receipts = try await client.enqueue(contentsOf: jobs)
                for (queue, receipts) in Dictionary(grouping: receipts, by: \.queue)
                where looked.withLock({ $0.insert(queue).inserted }) {
                    let added = receipts.count(where: \.isNew)
                    let nodes = try? await client.inspector.nodes()
                    if let warning = await QueueService.warning(
                        queue, added: added, undo: nil, nodes: nodes, client.inspector)
                    {
                        console.warn(warning)
                    }
                }
                return receipts
            }
        }
    }

    /// Refuses to write the ids into the file that is read: it would be emptied first.
    private func refuseInput(_ ids: String, _ invocation: Invocation) throws {
        guard input != "-", ids != "-" else { return }
        func identity(_ name: String) -> [Int]? {
            let path = (invocation.path(name) as NSString).resolvingSymlinksInPath
            guard let all = try? FileManager.default.attributesOfItem(atPath: path),
                all[.type] as? FileAttributeType == .typeRegular, let device = all[.systemNumber] as? Int,
                let number = all[.systemFileNumber] as? Int
            else { return nil }
            return [device, number]
        }
        guard let read = identity(input), read == identity(ids) else { return }
        throw CommandFailure.usage("--ids names the file that --bulk reads: it would be emptied first")
    }

    private func run(
        _ lines: InputLines, _ size: Int?, _ configuration: Configuration, ids: IDList?,
        enqueue: @escaping BulkPipeline.Enqueue
    ) async throws {
        let parser = try parser(configuration)
        let reader = BulkReader(lines, parser: parser, stopsAtBadLine: bulk.onError != .skip)
        let pipeline = BulkPipeline(
            reader: reader, batch: batch, perSecond: bulk.rate?.perSecond, stopsAtFailure: bulk.onError != .skip,
            console: console, size: size, ids: ids, enqueue: enqueue)
        let interrupt = BulkInterrupt(reader)
        let watch = SignalWatch([SIGINT, SIGTERM]) { interrupt.signal($0) }
        let end = try await pipeline.run(interrupt)
        withExtendedLifetime(watch) {}
        console.endStatus()
        if json { console.document(end.tally.document(seconds: end.seconds)) }
        try BulkEnding(end: end, input: input, ids: bulk.ids, dryRun: bulk.dryRun).tell(on: console)
    }

    /// With a slow rate a slice is what goes out in a fifth of a second.
    private var batch: Int {
        let batch = bulk.batch ?? 500
        guard let rate = bulk.rate else { return batch }
        return min(batch, max(1, Int(rate.perSecond / 5)))
    }

    private func parser(_ configuration: Configuration) throws -> BulkLineParser {
        BulkLineParser(
            base: try job.jobOptions(.current), name: bulk.jobName, keyField: bulk.keyField,
            conflict: job.onDuplicate ?? .reject, spread: bulk.spread, payloadBound: configuration.payloadBound,
            invocation: .current,
            plan: JobPlan(configuration, attempts: job.attempts, backoff: job.backoff))
    }

    /// The lines, and how many bytes they have where that is known.
    private func open(_ invocation: Invocation) throws -> (InputLines, Int?) {
        guard input != "-" else { return (invocation.readInput(), nil) }
        let path = invocation.path(input)
        let descriptor = FileOpening.open(path, O_RDONLY)
        guard descriptor >= 0 else { throw CommandFailure.usage("cannot read \(input): \(TextSinkError(code: errno))") }
        // Left open: the process ends soon, and a read that hangs may still use it.
        var information = stat()
        let isFile = fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        return (InputLines(descriptor: descriptor), isFile ? Int(information.st_size) : nil)
    }
}
