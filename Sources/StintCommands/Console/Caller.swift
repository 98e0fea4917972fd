// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Says who changes something, for pauses and cancellations that others will read.
enum Caller {
    /// `user@host`, at most `limit` bytes of it, without control characters.
    static func name(limit: Int = 128) -> String {
        let environment = Invocation.current.environment
        let user = environment["USER"] ?? environment["LOGNAME"] ?? "somebody"
        var name = ""
        for scalar in "\(user)@\(ProcessInfo.processInfo.hostName)".unicodeScalars {
            guard scalar.properties.generalCategory != .control else { continue }
            guard name.utf8.count + String(scalar).utf8.count <= limit else { break }
            name.unicodeScalars.append(scalar)
        }
        return name
    }

    /// `user@host: reason`, or only who where no reason is given.
    ///
    /// - Throws: A usage failure if the library would not take it.
    static func name(with reason: String?) throws -> String {
        guard let reason, !reason.isEmpty else { return name() }
        guard reason.utf8.count <= 90,
            !reason.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw CommandFailure.usage("--reason takes at most 90 bytes and no control characters") }
        return name(limit: 126 - reason.utf8.count) + ": " + reason
    }
}
