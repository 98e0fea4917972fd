// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintFunctions
import StintTerminal

/// Says what became of an enqueued job: its id on stdout, the rest on stderr.
struct EnqueueReport {
    let console: Console
    let json: Bool
    /// Whether stdout is for the job's result.
    let isQuietOnData: Bool

    /// Prints the id, or the document that describes the receipt.
    func data(_ receipt: EnqueueReceipt, of job: RawJob) {
        guard !isQuietOnData else { return }
        guard json else { return console.data(Sanitizer.visible(receipt.id.description)) }
        console.document(
            .object([
                .init("id", .string(receipt.id.description)), .init("name", .string(job.name)),
                .init("queue", .string(receipt.queue)), .init("outcome", .string(receipt.outcome.rawValue)),
                .init("new", .bool(receipt.isNew)), .init("confirmation", .string(receipt.confirmation.word)),
            ]))
    }

    /// Says that the job is there and that what was asked for did not confirm it.
    static func check(_ receipt: EnqueueReceipt, _ target: RedisTarget) throws {
        guard case .unconfirmed(_, let reason) = receipt.confirmation else { return }
        throw CommandFailure(
            .partlyDone, "job \(receipt.id) is queued, and not confirmed: \(reason)",
            hints: [.init("Which replicas follow:", "\(target.client) info replication")])
    }

    /// Tells of one job, and who serves its queue as far as `nodes` tell.
    func tell(
        _ receipt: EnqueueReceipt, of job: RawJob, nodes: Task<[NodeStatus]?, Never>, _ inspector: Inspector
    ) async {
        data(receipt, of: job)
        let style = console.errors.style
        let id = receipt.id.description
        let short = id.count == 26 ? id.prefix(12) + style.ellipsis : id
        let arrow = style.usesUnicode ? "→" : "->"
        switch receipt.outcome {
        case .existing: console.done("\(id) was there already: nothing was added")
        case .replaced: console.done("\(short) \(job.name) \(arrow) \(receipt.queue)   replaced what waited there")
        default: console.done("\(short) \(job.name) \(arrow) \(receipt.queue)\(time(job.options))")
        }
        if receipt.isNew {
            await warn(receipt.queue, added: 1, await nodes.value, inspector, undo: "stint job rm \(id)")
        }
        if !isQuietOnData { console.hint("follow it: stint job logs -f @last") }
    }

    /// Tells of many jobs that are all alike.
    func tellMany(count: Int, of wanted: Int, _ job: RawJob, _ inspector: Inspector) async {
        let queue = job.options.queue ?? "default"
        let others = wanted - count
        let duplicates = others > 0 ? ", \(NumberText.grouped(others)) duplicate\(others == 1 ? "" : "s") skipped" : ""
        console.done("queued \(JobCount.text(count)) in '\(queue)'\(duplicates)\(time(job.options))")
        guard count > 0 else { return }
        let nodes = try? await inspector.nodes()
        await warn(queue, added: count, nodes, inspector, undo: "stint queue clear \(queue)")
    }

    private func warn(
        _ queue: String, added: Int, _ nodes: [NodeStatus]?, _ inspector: Inspector, undo: String
    ) async {
        let text = await QueueService.warning(queue, added: added, undo: undo, nodes: nodes, inspector)
        if let text { console.warn(text) }
    }

    private func time(_ options: JobOptions) -> String {
        let invocation = Invocation.current
        let now = invocation.now()
        let instant: Int64
        if let delay = options.delay {
            let (seconds, attoseconds) = delay.components
            instant = now + seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        } else if let date = options.runAt {
            instant = Int64(date.timeIntervalSince1970 * 1_000)
        } else {
            return ""
        }
        let local = CalendarTime(milliseconds: instant + Int64(invocation.offset(at: instant)) * 1_000).iso8601
        let today = CalendarTime(milliseconds: now + Int64(invocation.offset(at: now)) * 1_000).iso8601.prefix(10)
        // The date only where it is another day: 14:25:07, or 2026-11-23 09:00:00.
        let clock = local.dropFirst(11).prefix(8)
        let text = local.hasPrefix(today) ? "\(clock)" : "\(local.prefix(10)) \(clock)"
        return "   runs \(text) (\(TimeText.relative(.milliseconds(instant - now))))"
    }

    /// The refusal of a second job with the same key.
    static func duplicate(_ error: StintError) -> CommandFailure {
        var failure = CommandFailure(error)
        if let id = error.message.split(separator: " ").last.map({ $0.hasSuffix(".") ? $0.dropLast() : $0 }) {
            failure.hints = [
                .init("Look at it:", "stint job show \(id)"),
                .init("Take what is there:", Invocation.current.retyped() + " --on-duplicate existing"),
            ]
        }
        return failure
    }
}

extension EnqueueReceipt.Confirmation {
    /// The word for `--json`.
    var word: String {
        switch self {
        case .local: "local"
        case .replicated: "replicated"
        case .fsynced: "fsynced"
        case .unconfirmed: "unconfirmed"
        }
    }
}
