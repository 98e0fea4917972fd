// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintCrypto
import StintFunctions

extension Configuration {
    /// How payloads are sealed: with the keys of the file that is named, if one is.
    func sealing() throws -> Sealing? {
        guard let path = self[.keys].value else {
            if self[.sealing].value == nil { return nil }
            throw CommandFailure(
                .invalidConfiguration, "'sealing' is set (from \(self[.sealing].source)), but no file of keys is named",
                hints: [.init("Name it:", "export STINT_KEYS_FILE=stint.keys")])
        }
        #if Encryption
        do throws(StintError) {
            return Sealing(
                try Keyring(file: path), mode: self[.sealing].value.flatMap(Sealing.Mode.init(rawValue:)) ?? .required)
        } catch {
            var failure = CommandFailure(error)
            failure.status = .invalidConfiguration
            throw failure
        }
        #else
        throw CommandFailure.withoutEncryption(" (keys are named by \(self[.keys].source): \(path))")
        #endif
    }
}

extension Configuration {
    /// What is wrong with the keys that payloads are sealed with; nothing of a key is told.
    func keyProblems() -> [ConfigurationProblem] {
        do {
            _ = try sealing()
            return []
        } catch {
            let place = "\(self[.keys].value == nil ? self[.sealing].source : self[.keys].source)"
            return [ConfigurationProblem(place: place, message: (error as? CommandFailure)?.summary ?? "\(error)")]
        }
    }
}

extension CommandFailure {
    /// This build cannot seal.
    static func withoutEncryption(_ reason: String = "") -> Self {
        Self(
            .invalidConfiguration, "this stint was built without the package trait Encryption" + reason,
            hints: [.init("Build it with all traits:", "swift build -c release --product stint")])
    }
}
