// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Seals and opens for one namespace.
package struct Sealer: Sendable {
    package let sealing: Sealing
    private let namespace: String

    init?(_ sealing: Sealing?, namespace: String) {
        guard let sealing else { return nil }
        self.sealing = sealing
        self.namespace = namespace
    }

    /// One job, as far as seals are bound to it.
    struct Place {
        let queue: String
        let id: JobID
        let name: String
    }

    func seal(_ bytes: [UInt8], _ purpose: SealBinding.Purpose, at place: Place) throws(StintError) -> [UInt8] {
        try sealing.codec.seal(bytes, for: binding(purpose, place))
    }

    func open(_ bytes: [UInt8], _ purpose: SealBinding.Purpose, at place: Place) throws(StintError) -> [UInt8] {
        try sealing.codec.open(bytes, for: binding(purpose, place))
    }

    /// Returns a text sealed and wrapped, cut so that it has at most `limit` bytes then.
    ///
    /// Where that fails the text is left out: it is never stored as it is.
    func seal(_ text: String, _ purpose: SealBinding.Purpose, at place: Place, limit: Int) -> String {
        let cut = Array(text.prefix(utf8Bytes: SealedText.room(in: limit)).utf8)
        guard let sealed = try? seal(cut, purpose, at: place) else { return "(a text that could not be sealed)" }
        let wrapped = SealedText.wrap(sealed)
        return wrapped.utf8.count <= limit ? wrapped : "(a text too long to be sealed)"
    }

    /// Returns the content of a job's record with its payload sealed for a job and its unique key made unreadable.
    func seal(
        _ content: NewJob.Content, for id: JobID, queue: String, limit: Int
    ) throws(StintError) -> NewJob.Content {
        var sealed = content
        sealed.payload = try seal(content.payload, .payload, at: Place(queue: queue, id: id, name: content.name))
        guard sealed.payload.count <= limit else {
            throw StintError(
                .payloadTooLarge,
                "The payload of '\(content.name)' has \(sealed.payload.count) bytes once sealed; the limit is \(limit). "
                    + "Store it elsewhere and enqueue a reference.")
        }
        sealed.isSealed = true
        if let unique = content.unique {
            sealed.unique?.key = sealing.codec.uniqueKey(unique.key, namespace: namespace, queue: queue)
            guard let key = sealed.unique?.key.utf8.count, (1...256).contains(key) else {
                throw StintError(
                    .invalidInput,
                    "The codec made a unique key of \(sealed.unique?.key.utf8.count ?? 0) bytes; one has 1 to 256 bytes."
                )
            }
            // Which job will carry the payload, only the script knows.
            if unique.onConflict == .replace { sealed.sealedFor = id }
        }
        return sealed
    }

    private func binding(_ purpose: SealBinding.Purpose, _ place: Place) -> SealBinding {
        SealBinding(namespace: namespace, queue: place.queue, id: place.id, name: place.name, purpose: purpose)
    }
}
