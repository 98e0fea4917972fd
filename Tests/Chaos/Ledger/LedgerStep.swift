// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What must be known of a script's writes as a whole before they are judged one by one.
struct LedgerStep {
    var kinds: [KeyTable.Kind] = []
    /// Leases that the step takes away.
    var removed: Set<String> = []
    /// Redis time, milliseconds, if the step notes a call in a lane.
    var time: Int64?
    /// The queue's counter after the step, where the step is an `advance`.
    var completed: (queue: Int, total: Int64)?
    var lease: Int64 = 0
    /// Jobs that ended as completed.
    var finished = 0
    /// Answers "lease lost" that the lane keeps.
    var refused = 0

    /// A lane's note lives for so long, milliseconds.
    private static let laneTime: Int64 = 600_000

    init(_ commands: [[UnsafeRawBufferPointer]], _ keys: inout KeyTable) {
        var note = ""
        var fields: Set<String> = []
        for command in commands {
            let kind = command.count > 1 ? keys.kind(command[1].text) : .other
            kinds.append(kind)
            switch (kind, command[0].text) {
            case (.leases, "ZREM"):
                for member in command.dropFirst(2) { removed.insert(member.text) }
            case (.lane, "SET"):
                note = command[2].text
                if let expiry = command.last.flatMap({ Int64($0.text) }) { time = expiry - Self.laneTime }
            case (.meta(let queue), "HSET"):
                for at in stride(from: 2, to: command.count - 1, by: 2) {
                    let field = command[at].text
                    fields.insert(field)
                    guard let value = Int64(command[at + 1].text) else { continue }
                    if field == "completed" { completed = (queue, value) }
                    if field == "lease" { lease = value }
                }
            default: break
            }
        }
        refused = Self.refused(note, fields)
    }

    /// Counts the jobs whose lease was lost in the short reply that a lane keeps.
    private static func refused(_ note: String, _ fields: Set<String>) -> Int {
        guard let colon = note.firstIndex(of: ":") else { return 0 }
        let reply = note[colon...].dropFirst()
        if fields.contains("completed") {
            return reply.prefix { $0 != "," }.split(separator: " ").count
        }
        if fields.contains("failed") || fields.contains("released") { return reply.filter { $0 == "l" }.count }
        return 0
    }
}
