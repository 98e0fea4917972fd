// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

/// Reads what the `enqueue` script replied.
package enum EnqueueReply {
    /// Returns the outcome of each job, in order.
    ///
    /// A reply that cannot be read is an error for all of them.
    package static func outcomes(
        _ value: RedisValue, jobs: [JobID], queue: String
    ) -> [Result<EnqueueReceipt, StintError>] {
        guard let reply = value.arrayValue, reply.count == 3, let codes = reply[1].bytesValue,
            let holders = reply[2].arrayValue, codes.count == jobs.count
        else { return jobs.map { _ in .failure(.unreadable("The reply of 'enqueue'")) } }
        var holderIndex = 0
        return zip(jobs, codes).map { job, code in
            let outcome: EnqueueReceipt.Outcome
            switch code {
            case UInt8(ascii: "n"): return .success(EnqueueReceipt(id: job, queue: queue, outcome: .enqueued))
            case UInt8(ascii: "f"): return .success(EnqueueReceipt(id: job, queue: queue, outcome: .queueFull))
            case UInt8(ascii: "e"): outcome = .existing
            case UInt8(ascii: "p"): outcome = .replaced
            case UInt8(ascii: "r"), UInt8(ascii: "s"): outcome = .rejected
            default: return .failure(.unreadable("The reply of 'enqueue'"))
            }
            guard holderIndex < holders.count, let holder = holders[holderIndex].string else {
                return .failure(.unreadable("The reply of 'enqueue'"))
            }
            holderIndex += 1
            var receipt = EnqueueReceipt(id: JobID(unchecked: holder), queue: queue, outcome: outcome)
            receipt.isSealedForAnother = code == UInt8(ascii: "s")
            return .success(receipt)
        }
    }
}
