// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Takes the ids of enqueued jobs, in the order of their lines.
final class IDList: Sendable {
    private let console: Console
    private let file: DescriptorSink?

    /// Opens the file, which may be a link, a pipe or a device, and empties it; `-` is stdout.
    init(_ name: String, console: Console, _ invocation: Invocation) throws {
        self.console = console
        guard name != "-" else {
            file = nil
            return
        }
        // Written through, never replaced: the name may stand for something that is no file.
        let descriptor = FileOpening.open(invocation.path(name), O_WRONLY | O_CREAT | O_TRUNC)
        guard descriptor >= 0 else {
            throw CommandFailure.usage("cannot write the ids to \(name): \(TextSinkError(code: errno))")
        }
        file = DescriptorSink(descriptor)
    }

    deinit {
        if let file { close(file.descriptor) }
    }

    /// Writes the ids of the jobs that are there now; returns why it could not.
    func append(_ receipts: [EnqueueReceipt]) -> TextSinkError? {
        let text = receipts.filter { $0.outcome != .queueFull }.map { "\($0.id)\n" }.joined()
        guard !text.isEmpty else { return nil }
        guard let file else {
            console.rawData(Array(text.utf8))
            // Who reads no more, such as head, has what it wanted: the jobs are queued all the same.
            return console.outputError.flatMap { $0.isReaderGone ? nil : $0 }
        }
        do throws(TextSinkError) {
            try file.write(text)
            return nil
        } catch {
            return error
        }
    }
}
