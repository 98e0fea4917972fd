// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

extension Date {
    /// The instant of a Redis time in milliseconds since 1970.
    package static func redis(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// The same where a number stands for "none" when it is 0.
    package static func redisOrNil(_ milliseconds: Int64) -> Date? { milliseconds == 0 ? nil : redis(milliseconds) }
}
