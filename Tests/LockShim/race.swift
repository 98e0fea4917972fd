// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// Run by `scripts/test --sanitize thread` before the tests. Threads wait for each other's lock, of which the sanitizer
// must say nothing; with the argument `unlocked` they also count without one, which it must report.

import Foundation
import Synchronization

final class Shared: @unchecked Sendable {
    let numbers = Mutex<[Int]>([])
    var unlocked = 0
}

let shared = Shared()
let isUnlocked = CommandLine.arguments.contains("unlocked")
let threads = DispatchGroup()
for thread in 0..<6 {
    threads.enter()
    Thread.detachNewThread {
        for turn in 0..<3000 {
            if isUnlocked { shared.unlocked += 1 }
            if thread.isMultiple(of: 3) {
                _ = shared.numbers.withLockIfAvailable { $0 = [turn] }
                continue
            }
            shared.numbers.withLock {
                $0.append(turn)
                if $0.count > 100 { $0.removeAll() }
                // Held for longer than others spin, so that they wait in the kernel.
                if turn.isMultiple(of: 500) { usleep(200) }
            }
        }
        threads.leave()
    }
}
threads.wait()
