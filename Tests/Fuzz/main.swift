// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

// Reads random and damaged replies with Stint's reader of RESP. Built and run by scripts/fuzz.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
guard numbers.count == 3 else {
    print("usage: reply-fuzz SECONDS SEED CASES  (0 cases: as many as the time allows)")
    exit(64)
}
let (limit, firstSeed, mostCases) = (Duration.seconds(Int64(numbers[0])), numbers[1], numbers[2])
let start = ContinuousClock.now
var cases: UInt64 = 0
var bytes = 0
var violations = 0
print("seeds from \(firstSeed)")
fflush(nil)
var nextReport = Duration.seconds(30)
while mostCases > 0 ? cases < mostCases : ContinuousClock.now - start < limit {
    let seed = firstSeed &+ cases
    do {
        let outcome = try FuzzCase.run(seed: seed)
        bytes += outcome.bytes
        violations += outcome.isViolation ? 1 : 0
    } catch let finding as FuzzCase.Finding {
        print("seed \(seed): \(finding.text)")
        print(
            "\(finding.bytes.count) bytes: \(finding.bytes.prefix(400).map { String($0, radix: 16) }.joined(separator: " "))"
        )
        print("again with: scripts/fuzz --seed \(seed) --cases 1")
        exit(1)
    } catch {
        print("seed \(seed): \(error)")
        exit(1)
    }
    cases += 1
    if ContinuousClock.now - start > nextReport {
        print("\(cases) cases, \(bytes) bytes, next seed \(firstSeed &+ cases)")
        fflush(nil)
        nextReport += .seconds(30)
    }
}
print("\(cases) cases, \(bytes) bytes read, \(violations) streams refused, 0 findings")
