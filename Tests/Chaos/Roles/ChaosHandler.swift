// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Stint
import StintTesting

/// Runs a ``ChaosJob`` and writes down what happened: `id fence attempt process event nanoseconds`, one line an event.
///
/// Events: `start`; then one of `stop` (about to return success), `fail`, `cancel`; `note` before progress and a log
/// line are written. Both carry the fence, so that the ledger shows under which lease they were accepted.
struct ChaosHandler: Sendable {
    struct Failure: Error {}

    let effects: LineFile

    func run(_ payload: [UInt8], _ context: JobContext) async throws -> JobOutcome {
        let job = try JSONDecoder().decode(ChaosJob.self, from: Data(payload))
        write("start", context)
        switch job.kind {
        case .abort: abort()
        case .exit: _exit(3)
        case .sleep, .stubborn, .block: break
        }
        if job.isTalkative { note(context) }
        do {
            try await spend(job)
        } catch {
            write("cancel", context)
            throw error
        }
        if context.attempt <= job.failures {
            write("fail", context)
            throw Failure()
        }
        if job.isTalkative { note(context) }
        write("stop", context)
        return .completed(result: Array("\(context.fence)".utf8))
    }

    private func spend(_ job: ChaosJob) async throws {
        switch job.kind {
        case .block: usleep(UInt32(job.milliseconds) * 1000)
        case .stubborn:
            await withCheckedContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(job.milliseconds)) {
                    continuation.resume()
                }
            }
        default: try await Task.sleep(for: .milliseconds(job.milliseconds))
        }
    }

    private func note(_ context: JobContext) {
        write("note", context)
        context.setProgress(0.5, note: "fence \(context.fence)")
        context.log("fence \(context.fence)")
    }

    private func write(_ event: String, _ context: JobContext) {
        effects.append("\(context.id) \(context.fence) \(context.attempt) \(getpid()) \(event) \(LineFile.now)")
    }
}
