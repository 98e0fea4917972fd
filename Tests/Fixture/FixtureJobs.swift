// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTesting

/// Writes that it starts, sleeps, writes that it ends.
struct Append: Job {
    static let name = "append"
    /// Milliseconds.
    var sleep: Int?
}

/// Holds its thread for a time, as a handler that calls blocking code would.
struct Block: Job {
    static let name = "block"
    /// Milliseconds.
    var hold: Int
}

/// What the handlers write into the file of effects: `id fence attempt pid event nanoseconds`.
struct Effects: Sendable {
    let file: LineFile

    func write(_ event: String, _ context: JobContext) {
        file.append("\(context.id) \(context.fence) \(context.attempt) \(getpid()) \(event) \(LineFile.now)")
    }

    func append(_ job: Append, _ context: JobContext) async throws {
        write("start", context)
        do {
            if let sleep = job.sleep, sleep > 0 { try await Task.sleep(for: .milliseconds(sleep)) }
        } catch {
            write("cancelled", context)
            throw error
        }
        write("end", context)
    }

    func block(_ job: Block, _ context: JobContext) {
        write("start", context)
        usleep(UInt32(job.hold) * 1000)
        write("end", context)
    }
}
