// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LuaBundler

@Suite struct SwiftGeneratorTests {
    @Test("The call takes labels, and one value for the keys of a queue")
    func golden() throws {
        let script = try Sample.flatten(
            Sample.script(
                keys: "jobs ready:4 lane", args: "max_crashes:int node members:list",
                """
                redis.call('HSET', jobs, node, max_crashes, lane, ready[1], ARGV[members_from])
                """))
        let text = SwiftGenerator(scripts: [script]).generate()
        #expect(
            text.contains(
                """
                    package static func sample(
                        jobs: String,
                        ready: [String],
                        lane: String,
                        maxCrashes: Int,
                        node: some ScriptArgument,
                        members: [[UInt8]] = []
                    ) -> ScriptCall {
                        precondition(ready.count == 4, "ready: 4 keys")
                        return ScriptCall(
                            script: sampleScript,
                            keys: [jobs] + ready + [lane],
                            arguments: [maxCrashes.scriptBytes, node.scriptBytes] + members
                        )
                    }
                """))
        #expect(
            text.contains(
                """
                    package static func sample(
                        _ keys: QueueKeys,
                        lane: String,
                """))
        #expect(text.contains("keys: [keys.jobs] + keys.ready + [lane],"))
        #expect(text.contains("sha1: \"\(script.sha1)\"\n    )"))
        #expect(
            text.contains(
                """
                        ScriptAccess(
                            script: sampleScript,
                            roles: [.worker],
                            keys: ["jobs", "ready", "lane"],
                            commands: ["HSET"]),
                """))
        #expect(text.contains("\"sample\": [1, 0, 4, 2, 0, 6, 3, 0, 6, 4, 0, 6, 6, 0, 7, 7, 0, 7, 8, 0, 9],"))
    }

    @Test("A script that writes nothing is marked, so that it can be called by who may only read")
    func readOnly() throws {
        let script = try Sample.flatten(Sample.script(flags: "no-writes", "return redis.call('HLEN', jobs)"))
        let text = SwiftGenerator(scripts: [script]).generate()
        #expect(text.contains("sha1: \"\(script.sha1)\",\n        isReadOnly: true\n    )"))
    }

    @Test("A script whose text would end the Swift literal gets a longer one")
    func quoting() throws {
        let script = try Sample.flatten(Sample.script("return redis.call('HGET', jobs, '\"\"\"# \\\\#(x)')"))
        #expect(SwiftGenerator(scripts: [script]).generate().contains("source: ##\"\"\"\n#!lua\n"))
    }

    @Test("Without scripts the result is still Swift")
    func empty() {
        let text = SwiftGenerator(scripts: []).generate()
        #expect(text.contains("all: [RedisScript] = []"))
        #expect(text.contains("[String: [UInt16]] = [\n        :\n    ]"))
    }
}
