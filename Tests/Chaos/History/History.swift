// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTesting

/// Everything that a run wrote down.
struct History {
    struct Fault {
        let time: Int64
        let event: FaultLog.Event
        let subject: String
    }

    struct Stall {
        let process: Int32
        let end: Int64
        let length: Int64
    }

    struct Sample {
        let time: Int64
        let process: Int32
        let role: String
        let kilobytes: Int
        let descriptors: Int
    }

    let run: RunRecord
    let end: EndState
    let answers: [Answer]
    let effects: [Effect]
    let faults: [Fault]
    let stalls: [Stall]
    let samples: [Sample]
    /// Worker processes by the node that stands in their leases.
    let processes: [String: Int32]
    let ledger: Ledger
    /// Lines that could not be read.
    let unreadable: Int

    /// Reads a folder.
    init(folder: String) throws {
        func json<Value: Decodable>(_ file: HistoryFile) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(fileURLWithPath: file.path(in: folder))))
        }
        var unreadable = 0
        func lines<Value>(_ file: HistoryFile, _ make: (Substring) -> Value?) -> [Value] {
            LineFile.lines(of: file.path(in: folder)).compactMap { line in
                let value = make(line)
                if value == nil { unreadable += 1 }
                return value
            }
        }
        run = try json(.run)
        end = try json(.end)
        answers = lines(.producers) { Answer($0) }
        effects = lines(.effects) { Effect($0) }
        faults = lines(.faults) { line in
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let time = Int64(words[0]),
                let event = FaultLog.Event(rawValue: String(words[1]))
            else { return nil }
            return Fault(time: time, event: event, subject: String(words[2]))
        }
        stalls = lines(.stalls) { line in
            let words = line.split(separator: " ").compactMap { Int64($0) }
            return words.count == 3 ? Stall(process: Int32(words[0]), end: words[1], length: words[2]) : nil
        }
        samples = lines(.samples) { line in
            let words = line.split(separator: " ")
            guard words.count == 5, let time = Int64(words[0]), let process = Int32(words[1]),
                let kilobytes = Int(words[3]), let descriptors = Int(words[4])
            else { return nil }
            return Sample(
                time: time, process: process, role: String(words[2]), kilobytes: kilobytes, descriptors: descriptors)
        }
        processes = Dictionary(
            lines(.workers) { line in
                let words = line.split(separator: " ")
                return words.count == 3 ? Int32(words[0]).map { (String(words[1]), $0) } : nil
            }, uniquingKeysWith: { $1 })
        self.unreadable = unreadable
        ledger = run.hasLedger ? try Ledger(folder: "\(folder)/redis/appendonlydir") : Ledger()
    }

    /// Redis' time in milliseconds as a time of the histories; right only while its clock is not shifted.
    func time(ofRedis milliseconds: Int64) -> Int64 { milliseconds * 1_000_000 - run.epoch }
}
