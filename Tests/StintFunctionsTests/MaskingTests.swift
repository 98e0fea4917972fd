// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintFunctions
import Testing

@Suite struct MaskingTests {
    @Test(
        "A password in an address is masked wherever it stands, and nothing else is changed",
        arguments: [
            ("redis://u:s3cret@h:1/2?db=3", "redis://u:***@h:1/2?db=3"),
            ("redis+sentinel://u:s3cret@h1,h2:1/m", "redis+sentinel://u:***@h1,h2:1/m"),
            (
                "redis+sentinel://h1/m?sentinel_user=w&sentinel_password=s3cret&db=1",
                "redis+sentinel://h1/m?sentinel_user=w&sentinel_password=***&db=1"
            ),
            ("redis+sentinel://h1/m?sentinel_password_file=/f", "redis+sentinel://h1/m?sentinel_password_file=/f"),
            ("redis://h", "redis://h"), ("nonsense", "nonsense"),
        ])
    func masked(url: String, shown: String) {
        #expect(Setting.masked(url) == shown)
    }
}
