// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintCommands
import Testing

@Suite struct QueueSelectionTests {
    @Test("Pausing and resuming take names of queues or --all, never both or neither", arguments: ["pause", "resume"])
    func namesOrAll(verb: String) async {
        let nowhere = ["--redis", "redis://127.0.0.1:1", "--yes"]
        #expect(await CommandRun.stint(["queue", verb]).errors.contains("name a queue, or say --all"))
        #expect(await CommandRun.stint(["queue", verb, "mail", "--all"]).errors.contains("exclude each other"))
        // These get as far as looking for Redis.
        #expect(await CommandRun.stint(["queue", verb, "mail", "video"] + nowhere).status == .unreachable)
        #expect(await CommandRun.stint(["queue", verb, "--all"] + nowhere).status == .unreachable)
    }
}
