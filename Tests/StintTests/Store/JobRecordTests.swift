// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

@Suite struct JobRecordTests {
    private func content() -> NewJob.Content {
        var content = NewJob.Content(name: "receipt.send", payload: Array("{}".utf8))
        content.priority = .high
        content.due = .after(1_500)
        content.retry = .fixed(.seconds(3), attempts: 7, maxElapsed: .seconds(60))
        content.unique = .key("order:7", onConflict: .replace)
        content.windowMilliseconds = 4
        content.timeoutMilliseconds = 30_000
        content.expiresAfterMilliseconds = 900_000
        content.keepMilliseconds = 86_400_000
        content.isAwaited = true
        content.tags = ["shop": "Köln", "empty": ""]
        content.traceContext = ["traceparent": "00-a-b-01"]
        return content
    }

    @Test("What is encoded for enqueue is decoded again")
    func roundTrip() throws {
        let job = try #require(NewJob(id: JobID(unchecked: "A"), content()))
        let record = try JobRecord(job.record)
        #expect(record.state == .delayed)
        #expect(record.list == 1)
        #expect(record.priority == .high)
        #expect(record.attempt == 0)
        #expect(record.maxAttempts == 7)
        #expect(record.atMilliseconds == 1_500)
        #expect(record.node == "000000")
        #expect(record.name == "receipt.send")
        #expect(record.expiresMilliseconds == 900_000)
        #expect(record.timeoutMilliseconds == 30_000)
        #expect(record.keepMilliseconds == 86_400_000)
        #expect(record.windowMilliseconds == 4)
        #expect(record.uniqueKey == "order:7")
        #expect(record.effectiveRetryPolicy == .fixed(.seconds(3), attempts: 7, maxElapsed: .seconds(60)))
        #expect(record.tags == ["shop": "Köln", "empty": ""])
        #expect(record.traceContext == ["traceparent": "00-a-b-01"])
        #expect(record.payload == Array("{}".utf8))
        #expect(record.flags == [.awaited, .hasWindow, .hasUniqueKey, .kept, .hasOptions, .mayExpire])
    }

    @Test("A payload over 512 bytes stays out of the record", arguments: [0, 512, 513, 1 << 20])
    func payloads(length: Int) throws {
        let payload = [UInt8](repeating: 7, count: length)
        let job = try #require(NewJob(id: JobID(unchecked: "A"), .init(name: "n", payload: payload)))
        let record = try JobRecord(job.record)
        #expect(record.payload == (length > 512 ? nil : payload))
        #expect(record.bigPayloadLength == (length > 512 ? length : 0))
        #expect(job.bigPayload == (length > 512 ? payload : nil))
        #expect(record.flags.contains(.bigPayload) == (length > 512))
    }

    @Test("The lease is id, fence and node")
    func lease() throws {
        let job = try #require(NewJob(id: JobID(unchecked: "A"), .init(name: "n", payload: [])))
        var record = try JobRecord(job.record)
        record.fence = 1_700_000_000_000_001
        record.node = "ab12cd"
        #expect(record.lease(id: job.id) == Array("A:1700000000000001:ab12cd".utf8))
    }

    @Test("A record cut short or damaged anywhere is an error or another record, never a trap")
    func corruption() throws {
        let job = try #require(NewJob(id: JobID(unchecked: "A"), content()))
        for length in 0..<job.record.count - 2 {
            #expect(throws: CorruptRecord.self) { try JobRecord(Array(job.record.prefix(length))) }
        }
        let random = SplitMix64(seed: 3)
        for _ in 0..<20_000 {
            var bytes = job.record
            for _ in 0...(random.next() % 3) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? JobRecord(bytes)
        }
    }

    @Test("Fields that this release does not know are left out")
    func unknownField() throws {
        let job = try #require(NewJob(id: JobID(unchecked: "A"), .init(name: "n", payload: [9])))
        var bytes = job.record
        bytes.insert(contentsOf: [UInt8(ascii: "Z"), 0, 2, 1, 2], at: 40)
        bytes[37] += 5
        let record = try JobRecord(bytes)
        #expect(record.name == "n")
        #expect(record.payload == [9])
    }
}
