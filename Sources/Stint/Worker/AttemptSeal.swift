// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Seals what an attempt of a sealed job leaves behind.
struct AttemptSeal {
    private let sealer: Sealer
    private let place: Sealer.Place

    /// Nil where nothing is to be sealed.
    init?(_ job: ClaimedJob, _ context: JobContext, _ sealer: Sealer?) {
        guard let sealer, job.record.flags.contains(.sealed) else { return nil }
        self.sealer = sealer
        place = .init(queue: context.queue, id: job.id, name: job.name)
    }

    func result(_ bytes: [UInt8]) throws(StintError) -> [UInt8] {
        // No bytes are no result.
        bytes.isEmpty ? bytes : try sealer.seal(bytes, .result, at: place)
    }

    /// The end with its text sealed, and as it is for the log of this worker.
    func end(_ end: AttemptEnd) -> AttemptEnd {
        guard case .fail(var failure) = end else { return end }
        failure.sealedText = sealer.seal(failure.text, .error, at: place, limit: AttemptEnd.Failure.textLimit)
        return .fail(failure)
    }
}
