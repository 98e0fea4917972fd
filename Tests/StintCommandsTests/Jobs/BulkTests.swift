// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

@Suite struct BulkTests {
    private let two = #"{"name": "hello", "payload": {"name":  "A"}}"# + "\n" + #"{"name":"mail","payload":[1]}"#

    @Test("Each line is a job; payloads are taken byte for byte")
    func verbatim() async throws {
        try await withWorkshop { stint async throws in
            let line = #"{"name":"hello","payload": {"n": 9007199254740993 , "t":"é\u001b"} }"#
            let run = await stint("enqueue", "--bulk", "-", input: line + "\r\n\n  \r\n" + two)
            #expect(run.status == .ok)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("✓ queued 3, 0 bad lines in "))
            #expect(try await stint.payloads() == [#"{"n": 9007199254740993 , "t":"é\u001b"}"#, #"{"name":  "A"}"#])
            #expect(try await stint.payloads("mail") == ["[1]"])
            #expect(try await stint.jobs("mail").first?.timeoutMilliseconds == 30_000)
        }
    }

    @Test("A line says of its job what the command line can say")
    func options() async throws {
        try await withWorkshop { stint async throws in
            let line =
                #"{"name":"hello","queue":"q","in":"1h","priority":"high","key":7,"id":"a-1","attempts":2,"#
                + #""backoff":"fixed(5s)","timeout":"3s","ttl":"2h","keep":"1m","tags":{"k":"\"v","n":1},"payload":null}"#
            let run = await stint("enqueue", "--bulk", "--ids", "-", "--queue", "other", input: line)
            #expect(run.lines == ["a-1"])
            let job = try #require(try await stint.jobs("q", .delayed).first)
            #expect(String(decoding: job.payload, as: UTF8.self) == "null")
            #expect(job.summary.priority == .high)
            #expect(job.summary.uniqueKey == "7")
            #expect(job.retry == .fixed(.seconds(5), attempts: 2))
            #expect(job.timeoutMilliseconds == 3_000)
            #expect(job.summary.tags == ["k": "\"v", "n": "1"])
        }
    }

    @Test("With --name lines are bare payloads, and --key-field makes them unique")
    func barePayloads() async throws {
        try await withWorkshop { stint async throws in
            try stint.write("users.ndjson", #"{"user":1}"# + "\n" + #"{"user":2}"# + "\n" + #"{"user":1}"# + "\n")
            let words = ["enqueue", "--bulk", "users.ndjson", "--name", "mail", "--key-field", "user", "--json"]
            let run = await CommandRun.stint(words, environment: stint.environment, directory: stint.folder)
            #expect(run.status == .ok)
            #expect(
                run.output.hasPrefix(
                    #"{"queued":2,"duplicates":1,"replaced":0,"refused":0,"unconfirmed":0,"bad_lines":0,"last_line":3,"#
                ))
            #expect(try await stint.jobs("mail").map(\.summary.uniqueKey) == ["1", "2"])
        }
    }

    @Test(
        "A bad line is named with its column, and what is wrong",
        arguments: [
            (#"{"name":"hello","payload":{"w":10}"#, "line 2, column 35: this is not valid JSON: unexpected end"),
            (#"["hello"]"#, "line 2, column 1: a job is an object"),
            (#"{"payload":1}"#, #"line 2: the job has no "name""#),
            (#"{"name":"hello","qeue":"x"}"#, "line 2, column 24: qeue: there is no such field. Did you mean 'queue'?"),
            (#"{"name":"hello","in":5}"#, "line 2, column 22: in: it must be a text in double quotes"),
            (#"{"name":"hello","in":"5"}"#, "line 2, column 22: in: '5' is not a length of time"),
            (#"{"name":"hello","queue":"NO"}"#, "line 2: A queue's name has"),
            (#"{"name":"hello","in":"2h","ttl":"1h"}"#, "line 2: the job could never start: it is due in 2h"),
            (
                "{\"name\":\"hello\",\"payload\":\"\u{1}\"}",
                "line 2, column 28: this is not valid JSON: a control character"
            ),
        ])
    func badLine(line: String, message: String) async throws {
        try await withWorkshop { stint async throws in
            let good = #"{"name":"hello"}"#
            let stopped = await stint("enqueue", "--bulk", "-", input: "\(good)\n\(line)\n\(good)\n")
            #expect(stopped.status == .partlyDone)
            #expect(stopped.errors.contains("error: " + message), "\(stopped.errors)")
            #expect(stopped.errors.contains("tail -n +2"))
            #expect(try await stint.jobs().count == 1)
            let skipped = await stint(
                "enqueue", "--bulk", "-", "--on-error", "skip", input: "\(good)\n\(line)\n\(good)\n")
            #expect(skipped.status == .partlyDone)
            #expect(skipped.errors.contains("warning: " + message))
            #expect(skipped.errors.contains("✓ queued 2, 1 bad line in "))
            #expect(try await stint.jobs().count == 3)
            let first = await stint("enqueue", "--bulk", "-", input: line)
            #expect(first.status == .usage)
        }
    }

    @Test("A JSON array is understood to be one")
    func array() async throws {
        try await withWorkshop { stint async throws in
            let run = await stint("enqueue", "--bulk", "-", input: "[\n" + two)
            #expect(run.status == .usage)
            #expect(run.errors.contains("jq -c '.[]' FILE | stint enqueue --bulk -"))
        }
    }

    @Test("--dry-run checks every line and asks no Redis")
    func dryRun() async throws {
        try await withFolder { folder async throws in
            let environment = ["STINT_REDIS_URL": "redis+unix:///nonexistent/redis.sock", "HOME": folder]
            let run = await CommandRun.stint(
                ["enqueue", "--bulk", "-n"], environment: environment, input: two, directory: folder)
            #expect(run.errors == "✓ nothing was queued: 2 jobs would be, 0 bad lines\n")
            #expect(run.status == .ok)
            let bad = await CommandRun.stint(
                ["enqueue", "--bulk", "-n"], environment: environment, input: "{}", directory: folder)
            #expect(bad.status == .usage)
        }
    }

    @Test("The file of --ids is left alone by --dry-run, and where no Redis can be reached")
    func idsUntouched() async throws {
        try await withFolder { folder async throws in
            let path = folder + "/ids"
            try "kept\n".write(toFile: path, atomically: true, encoding: .utf8)
            let environment = ["STINT_REDIS_URL": "redis+unix:///nonexistent/redis.sock", "HOME": folder]
            for (words, status) in [(["-n"], CommandStatus.ok), ([], .unreachable)] {
                let run = await CommandRun.stint(
                    ["enqueue", "--bulk", "--ids", "ids"] + words, environment: environment, input: two,
                    directory: folder)
                #expect(run.status == status)
                #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept\n")
            }
            let both = await CommandRun.stint(["enqueue", "--bulk", "--ids", "-", "--json"], input: two)
            #expect(both.status == .usage)
            #expect(both.errors.contains("--ids - and --json both print on stdout"))
        }
    }

    @Test("Many lines go out in slices, and their ids come back in the order of the lines")
    func many() async throws {
        try await withWorkshop { stint async throws in
            let lines = (0..<5_000).map { #"{"name":"hello","id":"job-\#($0)","payload":\#($0)}"# }
            let run = await stint(
                "enqueue", "--bulk", "-", "--ids", "ids", "--batch", "300", input: lines.joined(separator: "\n"))
            #expect(run.errors.contains("✓ queued 5 000, 0 bad lines"))
            let ids = try String(contentsOfFile: stint.folder + "/ids", encoding: .utf8).split(separator: "\n")
            #expect(ids.map(String.init) == (0..<5_000).map { "job-\($0)" })
            #expect(try await stint.inspector.queue("default").ready == 5_000)
            let again = await stint("enqueue", "--bulk", "-", input: lines.joined(separator: "\n"))
            #expect(again.errors.contains("✓ queued 0, 5 000 duplicates skipped"))
        }
    }

    @Test("--spread delays jobs at random within the time, --rate holds them back")
    func pace() async throws {
        try await withWorkshop { stint async throws in
            let lines = Array(repeating: #"{"name":"hello"}"#, count: 40).joined(separator: "\n")
            let start = ContinuousClock.now
            _ = await stint("enqueue", "--bulk", "--spread", "1h", "--rate", "100/s", input: lines)
            #expect(ContinuousClock.now - start > .milliseconds(190))
            let dues = try await stint.jobs("default", .delayed).map { $0.summary.date.timeIntervalSince($0.date) }
            #expect(dues.count >= 39)
            #expect(dues.allSatisfy { $0 < 3_600 })
            #expect((dues.max() ?? 0) - (dues.min() ?? 0) > 600)
        }
    }

    @Test("A full queue stops it: what was queued and where to go on is said")
    func full() async throws {
        try await withWorkshop { stint async throws in
            try await stint.client.queue("default").setDepthLimit(3)
            let lines = Array(repeating: #"{"name":"hello"}"#, count: 5).joined(separator: "\n")
            let run = await stint("enqueue", "--bulk", input: lines)
            #expect(run.status == .partlyDone)
            #expect(
                run.errors.contains("lines 4 to 5 were not queued: The queue 'default' has reached its depth limit"))
            #expect(run.errors.contains("tail -n +4"))
        }
    }
}
