// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Stint
import StintCrypto

/// Keys for tests.
enum TestKeys {
    static let secrets = [
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
        "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=",
    ]
    static let one = "unique \(secrets[0])\nseal k1 \(secrets[1])\n"
    static let two = "unique \(secrets[0])\nseal k2 \(secrets[2])\nopen k1 \(secrets[1])\n"

    static func sealing(_ text: String = one, _ mode: Sealing.Mode = .required) throws -> Sealing {
        Sealing(try Keyring(text: text), mode: mode)
    }
}
#endif
