// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// Calls that are repeated.
extension QueueModel {
    /// How long a lane lives after its last call.
    static let laneTime: Int64 = 600_000

    mutating func openLane(_ lane: String) -> ModelReply {
        lanes[lane] = ModelLane(number: 0, note: "", reply: .laneLost, expires: now + Self.laneTime)
        return .number(1)
    }

    /// Makes a call in a lane: the next number is new, the last one is answered as before, any other is refused.
    mutating func call(
        _ lane: String, _ number: Int, _ body: (inout QueueModel) -> (reply: ModelReply, note: String)
    ) -> ModelReply {
        if let known = lanes[lane], now > known.expires { lanes[lane] = nil }
        guard let known = lanes[lane] else { return .laneLost }
        if number == known.number, number > 0 { return repeated(known.reply) }
        guard number == known.number + 1 else { return .laneLost }
        if let refusal { return refusal }
        let (reply, note) = body(&self)
        lanes[lane] = ModelLane(number: number, note: note, reply: reply, expires: now + Self.laneTime)
        return reply
    }

    /// What every call answers on a queue of a newer release.
    var refusal: ModelReply? { number("schema") > 1 ? .list([.number(-2), .text(meta["schema"] ?? "")]) : nil }

    /// A repeated claim answers the jobs that still run under the fence it gave them, and that more may be claimable.
    private func repeated(_ reply: ModelReply) -> ModelReply {
        guard case .list(let parts) = reply, parts.count == 5, case .list(let claimed) = parts[2] else { return reply }
        var again: [ModelReply] = []
        for at in stride(from: 0, to: claimed.count, by: 3) {
            guard case .text(let id) = claimed[at], case .record(let record) = claimed[at + 1] else { continue }
            guard let job = jobs[id], job.state == .running, job.fence == record.fence else { continue }
            again += [.text(id), .record(job.record), Self.bigPayload(job)]
        }
        return .list([parts[0], parts[1], .list(again), .number(1), .number(-1)])
    }

    static func bigPayload(_ job: ModelJob) -> ModelReply {
        .bytes(job.content.payload.count > 512 ? job.content.payload : [])
    }
}
