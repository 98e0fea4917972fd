// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import StintFunctions

/// Which Redis and which namespace.
///
/// For commands that talk to queues.
package struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The Redis to use (default: STINT_REDIS_URL, stint.yaml, else a private one).", valueName: "url"))
    package var redis: String?

    @Option(
        help: ArgumentHelp("Prefix of all keys (default: STINT_NAMESPACE, stint.yaml, else stint).", valueName: "name"))
    package var namespace: String?

    @OptionGroup package var data: DataOptions

    /// Creates the group; the parser fills it.
    package init() {}

    /// The settings that these flags make.
    package func flags() -> [SettingKey: String] {
        var flags = data.flags
        flags[.redis] = redis
        flags[.namespace] = namespace
        return flags
    }
}
