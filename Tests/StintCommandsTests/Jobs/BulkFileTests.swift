// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `--bulk` reads and what `--ids` writes may be more than plain files.
@Suite struct BulkFileTests {
    private let two = #"{"name":"hello","id":"a"}"# + "\n" + #"{"name":"hello","id":"b"}"# + "\n"

    private func run(
        _ stint: Workshop, _ words: [String], reading descriptor: Int32
    ) async -> CommandRun {
        let (output, errors) = (MemorySink(), MemorySink())
        var invocation = Invocation.process
        invocation.environment = stint.environment
        invocation.directory = stint.folder
        invocation.arguments = words
        invocation.terminalName = "test"
        invocation.output = .init(isTerminal: false)
        invocation.measureOutput = nil
        invocation.errors = .init(isTerminal: false)
        invocation.outputSink = output
        invocation.errorSink = errors
        invocation.readInput = { InputLines(descriptor: descriptor) }
        let status = await CommandRunner.run(invocation)
        return CommandRun(status: status, output: output.text, errors: errors.text)
    }

    @Test("--ids writes through a link and into a pipe, and leaves both what they are")
    func linkAndPipe() async throws {
        try await withWorkshop { stint async throws in
            let manager = FileManager.default
            try stint.write("target", "what stood here before is gone\n")
            try manager.createSymbolicLink(atPath: stint.folder + "/link", withDestinationPath: "target")
            #expect(await stint("enqueue", "--bulk", "--ids", "link", input: two).status == .ok)
            #expect(try manager.destinationOfSymbolicLink(atPath: stint.folder + "/link") == "target")
            #expect(try String(contentsOfFile: stint.folder + "/target", encoding: .utf8) == "a\nb\n")

            let pipe = stint.folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            // Read and write: neither end waits for the other.
            let reader = open(pipe, O_RDWR)
            defer { close(reader) }
            #expect(await stint("enqueue", "--bulk", "--ids", "pipe", input: two).status == .ok)
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = read(reader, &bytes, bytes.count)
            #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "a\nb\n")
            var information = stat()
            #expect(stat(pipe, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO)
        }
    }

    #if os(Linux)
    @Test("Ids that cannot be written are told with what is queued, and nothing more is queued")
    func fullDevice() async throws {
        try await withWorkshop { stint async throws in
            // Through a link of our own: were it replaced, the machine's device would stay.
            let link = stint.folder + "/full"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/full")
            let run = await stint("enqueue", "--bulk", "--batch", "1", "--ids", "full", input: two)
            #expect(run.status == .partlyDone)
            #expect(
                run.errors.contains("error: cannot write the ids to full: No space left on device"), "\(run.errors)")
            #expect(run.errors.contains("are queued, with or without their ids: queued "))
            let ready = try await stint.inspector.queue("default").ready
            #expect(run.errors.contains("tail -n +\(ready + 1) | stint enqueue --bulk"), "\(run.errors)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/full")
        }
    }
    #endif

    @Test("Input that cannot be read is an error and no end, and half a line is no job")
    func unreadable() async throws {
        try await withWorkshop { stint async throws in
            let folder = await stint("enqueue", "--bulk", ".")
            #expect(folder.status == .usage)
            #expect(folder.errors.contains("error: cannot read .: Is a directory"), "\(folder.errors)")
            let closed = await run(stint, ["enqueue", "--bulk", "-"], reading: -1)
            #expect(closed.status == .usage)
            #expect(closed.errors.contains("error: cannot read stdin: Bad file descriptor"), "\(closed.errors)")
            let payload = await run(stint, ["enqueue", "hello", "--raw", "-"], reading: -1)
            #expect(payload.status == .usage)
            #expect(payload.errors.contains("error: cannot read the payload from stdin: Bad file descriptor"))
            #expect(payload.output.isEmpty)
            #expect(try await stint.inspector.queueNames().isEmpty)
        }
    }

    @Test("After an error of the input the lines before it are jobs, and where to go on is said")
    func readError() async throws {
        try await withWorkshop { stint async throws in
            // A socket whose other end is reset with bytes unread: the reader gets the bytes, then an error.
            var ends: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, streamType, 0, &ends) == 0)
            let text = Array((two + #"{"name":"hello"}"#).utf8)
            try #require(write(ends[1], text, text.count) == text.count)
            try #require(write(ends[0], text, text.count) == text.count)
            close(ends[1])
            let run = await run(stint, ["enqueue", "--bulk", "-"], reading: ends[0])
            close(ends[0])
            #expect(run.status == .partlyDone, "\(run.errors)")
            #expect(run.errors.contains("error: cannot read stdin after line 2: Connection reset by peer"))
            #expect(run.errors.contains("before it: queued 2, 0 bad lines"))
            #expect(run.errors.contains("… | tail -n +3 | stint enqueue --bulk -"))
            #expect(try await stint.inspector.queue("default").ready == 2)
        }
    }

    private var streamType: Int32 {
        #if canImport(Glibc)
        Int32(SOCK_STREAM.rawValue)
        #else
        SOCK_STREAM
        #endif
    }

    @Test("What is to be typed after a bad line begins at it, with the file's name only where the file is meant")
    func hints() async throws {
        try await withWorkshop { stint async throws in
            try stint.write("d", two + "oops\n")
            let run = await stint("enqueue", "--bulk", "d", "--queue", "d")
            #expect(run.status == .partlyDone)
            #expect(
                run.errors.contains(
                    "Leave out bad lines:     tail -n +3 d | stint enqueue --bulk - --queue d --on-error skip"),
                "\(run.errors)")
            try stint.write("e", "oops\n")
            let first = await stint("enqueue", "--bulk", "e")
            #expect(first.errors.contains("stint enqueue --bulk e --on-error skip"))
            #expect(!first.errors.contains("tail"))
        }
    }

    @Test("A name that no function has is told once, also among many lines")
    func unknownNames() async throws {
        try await withWorkshop { stint async throws in
            let lines = Array(repeating: #"{"name":"helo"}"#, count: 1_200).joined(separator: "\n")
            let run = await stint("enqueue", "--bulk", input: lines)
            let warning = "stint.yaml has no function 'helo'. Did you mean 'hello'?"
            #expect(run.errors.components(separatedBy: warning).count == 2, "\(run.errors)")
        }
    }
}
