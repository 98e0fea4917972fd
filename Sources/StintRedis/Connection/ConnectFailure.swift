// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Why a connection could not be made usable.
enum ConnectFailure: Error, Equatable {
    /// Trying again will not help until somebody changes a password, a permission or a certificate.
    case refused(String)
    /// Nobody there, or not yet: worth trying again.
    case unreachable(String)

    var reason: String {
        switch self {
        case .refused(let reason), .unreachable(let reason): reason
        }
    }
}
