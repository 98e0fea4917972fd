// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What happened in a simulation, step by step.
///
/// Of every run it keeps a checksum, which two runs of a seed must share; the lines themselves only where somebody will
/// read them.
struct History {
    let isRecording: Bool
    private(set) var lines: [String] = []
    private(set) var checksum: UInt64 = 0
    private(set) var count = 0

    init(isRecording: Bool) { self.isRecording = isRecording }

    mutating func note(_ line: String) {
        count += 1
        checksum = Checksum.of(line, after: checksum)
        if isRecording { lines.append(line) }
    }

    /// Notes what these numbers sum up; its text is made only where it is kept.
    mutating func note(_ numbers: [UInt64], _ line: () -> String) {
        count += 1
        checksum = numbers.withUnsafeBytes { Checksum.of($0, after: checksum) }
        if isRecording { lines.append(line()) }
    }
}
