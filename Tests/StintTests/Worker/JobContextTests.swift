// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import Stint

@Suite struct JobContextTests {
    @Test(
        "A progress is between 0 and 1, whatever a handler computes",
        arguments: [(-1, 0), (0.25, 0.25), (7, 1), (.infinity, 1), (0.0 / 0.0, 0)] as [(Double, Double)])
    func progress(given: Double, written: Double) {
        let control = RecordingControl()
        let context = JobContext(
            id: JobID(unchecked: "a"), name: "n", queue: "q", attempt: 1, maxAttempts: nil, fence: 1, deadline: nil,
            enqueuedAt: Date(timeIntervalSince1970: 0), tags: [:], node: "node00",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, control: control)
        context.setProgress(given)
        #expect(control.fractions.withLock { $0 } == [written])
    }
}

private final class RecordingControl: JobControl {
    let fractions = Mutex<[Double]>([])

    func setProgress(_ fraction: Double, note: String?) { fractions.withLock { $0.append(fraction) } }
    func log(_ line: String) {}
    func checkLease() {}
}
