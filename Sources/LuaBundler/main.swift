// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

guard let command = BundlerCommand(arguments: Array(CommandLine.arguments.dropFirst())) else {
    print(BundlerCommand.usage)
    exit(64)
}
let (code, output) = try command.run()
if !output.isEmpty { print(output) }
exit(code)
