// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import StintFunctions

/// Where the private Redis keeps its data.
///
/// For commands that own it.
package struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the private Redis (default: STINT_DATA, stint.yaml, else .stint beside stint.yaml).",
            valueName: "folder"))
    package var data: String?

    /// Creates the group; the parser fills it.
    package init() {}

    /// The settings that the flags make.
    package var flags: [SettingKey: String] { data.map { [.data: $0] } ?? [:] }
}
