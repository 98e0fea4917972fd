// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintRedis
import StintTesting
import Testing

@Suite struct ClusterCommandTests {
    @Test("Commands work on a cluster as on one server, and say which form of the address is the right one")
    func commands() async throws {
        try await withFolder { folder in
            try await withCluster { cluster in
                func stint(_ words: String..., url: String? = nil) async -> CommandRun {
                    let environment = ["STINT_REDIS_URL": url ?? cluster.url, "XDG_STATE_HOME": folder, "HOME": folder]
                    return await CommandRun.stint(words, environment: environment, directory: folder)
                }
                for queue in ["a", "b", "c", "d"] {
                    #expect(await stint("enqueue", "hello", "{}", "--queue", queue).status == .ok)
                }
                let list = await stint("queue", "list", "--json")
                #expect(list.status == .ok && list.lines.count >= 4, "\(list.errors)")
                #expect(await stint("job", "list", "--queue", "c", "--json").lines.count == 1)

                let port = cluster.members[0].port
                let flag = await stint("queue", "list", "--redis", "redis://127.0.0.1:\(port)")
                #expect(flag.status == .invalidConfiguration)
                #expect(flag.errors.contains("is a node of a cluster"))
                #expect(flag.errors.contains("--redis redis+cluster://127.0.0.1:\(port)"))
                let variable = await stint("queue", "list", url: "redis://127.0.0.1:\(port)/0")
                #expect(variable.errors.contains("export STINT_REDIS_URL=redis+cluster://127.0.0.1:\(port)\n"))
            }
        }
    }

    @Test("doctor audits the queues of a cluster, mends them, and leaves one alone whose slot is being moved")
    func doctor() async throws {
        try await withFolder { folder in
            try await withCluster { cluster in
                func stint(_ words: String...) async -> CommandRun {
                    let environment = ["STINT_REDIS_URL": cluster.url, "XDG_STATE_HOME": folder, "HOME": folder]
                    return await CommandRun.stint(words, environment: environment, directory: folder)
                }
                for queue in ["a", "b", "c"] {
                    #expect(await stint("enqueue", "hello", "{}", "--queue", queue, "--in", "1h").status == .ok)
                }
                let owner = try #require(try await cluster.owner(ofKey: "{stint:a}:dead"))
                _ = try await owner.run("ZADD", "{stint:a}:dead", "5", "ghost")
                let found = await stint("doctor")
                #expect(found.status == .failed)
                #expect(found.lines.contains { $0.contains("audit.stray\ta\tghost") }, "\(found.output)")
                #expect(found.lines.count { $0.hasPrefix("ok\tredis.version") } == 3)
                #expect(found.lines.contains { $0.hasPrefix("ok\tredis.cluster") })
                let mended = await stint("doctor", "--fix", "--yes")
                #expect(mended.status == .ok, "\(mended.output)")

                let slot = HashSlot.of("{stint:b}".utf8)
                let source = try #require(try await cluster.owner(ofSlot: slot))
                let target = try #require(cluster.running.first { $0.id != source.id })
                let migration = try await cluster.beginMigration(ofSlot: slot, to: target)
                let moving = await stint("doctor")
                #expect(moving.status == .ok, "\(moving.output)")
                let line = try #require(moving.lines.first { $0.contains("cluster.moving") })
                #expect(line.hasPrefix("warning\t") && line.contains("the slot \(slot) of 'b' is being moved"))
                while try await migration.moveKeys(atMost: 10) > 0 {}
                try await migration.finish()
            }
        }
    }

    @Test("A password in the address of a cluster is never shown, and refused in a flag")
    func passwords() async throws {
        try await withFolder { folder in
            let url = "redis+cluster://u:s3cret@127.0.0.1:1,127.0.0.1:2"
            let environment = ["STINT_REDIS_URL": url, "XDG_STATE_HOME": folder, "HOME": folder]
            func stint(_ words: String...) async -> CommandRun {
                await CommandRun.stint(words, environment: environment, directory: folder)
            }
            let shown = await stint("config", "show")
            #expect(shown.output.contains("redis+cluster://u:***@127.0.0.1:1,127.0.0.1:2"), "\(shown.output)")
            let away = await stint("queue", "list")
            #expect(away.status == .unreachable)
            #expect(away.errors.contains("cannot reach Redis at 127.0.0.1:1,127.0.0.1:2 (from STINT_REDIS_URL)"))
            #expect(away.errors.contains("redis-cli -c -u"))
            let flag = await stint("queue", "list", "--redis", url)
            #expect(flag.status == .usage)
            for run in [shown, away, flag] { #expect(!(run.output + run.errors).contains("s3cret")) }
        }
    }
}
