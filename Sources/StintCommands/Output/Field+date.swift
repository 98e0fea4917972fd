// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTerminal

extension Field {
    /// An instant, or a dash where there is none.
    static func date(_ date: Date?) -> Field {
        date.map { .instant($0.milliseconds) } ?? .missing
    }

    /// A length in seconds, or a dash where there is none.
    static func seconds(_ seconds: TimeInterval?) -> Field {
        seconds.map { .length(.milliseconds(Int64(($0 * 1_000).rounded()))) } ?? .missing
    }

    /// A length in milliseconds, or a dash where there is none.
    static func milliseconds(_ milliseconds: Int64?) -> Field {
        milliseconds.map { .length(.milliseconds($0)) } ?? .missing
    }

    /// A count, or a dash where there is none.
    static func count(_ count: Int?) -> Field {
        count.map { .count(Int64($0)) } ?? .missing
    }

    /// A text, or a dash where there is none or it is empty.
    static func text(orNone text: String?) -> Field {
        text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .missing
    }
}

extension Date {
    /// Milliseconds since 1970.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1_000).rounded()) }
}
