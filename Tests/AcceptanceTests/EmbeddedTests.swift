// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintRedis
import Testing

extension AcceptanceTests {
    /// Commands without a Redis of their own, in one folder.
    @Suite struct EmbeddedTests {
        @Test("Commands in a folder share a private Redis, whose owner's death loses nothing", .timeLimit(.minutes(2)))
        func killedOwner() async throws {
            try await Stage.with { stage in
                try stage.write(
                    "stint.yaml",
                    """
                    functions:
                      append:
                        sh: |
                          echo "$STINT_JOB_ID $STINT_FENCE $STINT_ATTEMPT $$ start 0" >> effects
                          sleep 0.05
                          echo "$STINT_JOB_ID $STINT_FENCE $STINT_ATTEMPT $$ end 0" >> effects
                    """)
                do {
                    try await shareAndKill(stage)
                } catch {
                    try? await down(stage)
                    throw error
                }
                let owned = try await serverID(stage)
                try await down(stage)
                try await eventually("the server has ended") { !isAlive(owned) }
            }
        }

        private func shareAndKill(_ stage: Stage) async throws {
            let worker = try stage.start("stint", ["work", "--slots", "2", "--lease", "2s"], namesRedis: false)
            let first = try stage.start("stint", ["enqueue", "append", "--count", "80"], namesRedis: false)
            #expect(try await first.wait() == .status(0), "\(first.standardError)")
            try await eventually("the worker runs what the other command enqueued") {
                stage.effects().having("end").count >= 5
            }
            let server = try await serverID(stage)
            let owner = try #require(supervisorID(stage))
            kill(owner, SIGKILL)
            try await eventually("no server is left behind") { !isAlive(server) }
            #expect(stage.effects().having("end").count < 80)

            let second = try stage.start("stint", ["enqueue", "append", "--count", "10"], namesRedis: false)
            #expect(try await second.wait() == .status(0), "\(second.standardError)")
            let ids = Set((first.standardOutput + second.standardOutput).split(separator: "\n").map(String.init))
            #expect(ids.count == 90)
            try await eventually("every job ends: \(worker.standardError.suffix(1000))", within: .seconds(40)) {
                ids.subtracting(stage.effects().counts("end").keys).isEmpty
            }
            worker.signal(SIGTERM)
            #expect(try await worker.wait() == .status(0), "\(worker.standardError)")
        }

        private func down(_ stage: Stage) async throws {
            let down = try stage.start("stint", ["down"], namesRedis: false)
            #expect(try await down.wait() == .status(0), "\(down.standardError)")
        }

        private func supervisorID(_ stage: Stage) -> pid_t? {
            stage.lines(of: ".stint/supervisor.lock").first.flatMap { pid_t($0) }
        }

        /// The process id that the private server in the folder says it has.
        private func serverID(_ stage: Stage) async throws -> pid_t {
            let socket = PrivateRedis.socketPath(inDirectory: stage.folder.appendingPathComponent(".stint").path)
            let client = try StintClient(
                .init(redis: "redis+unix://\(socket)"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let reply = try await client.core.transport.send(RedisCommand("INFO", "server"), timeout: .seconds(5))
            await client.shutdown()
            let line = reply.string?.split(whereSeparator: \.isNewline).first { $0.hasPrefix("process_id:") }
            return try #require(line.flatMap { pid_t($0.dropFirst("process_id:".count)) })
        }

        /// Whether a process runs that is no child of ours; one that nobody has reaped yet does not.
        private func isAlive(_ pid: pid_t) -> Bool {
            if kill(pid, 0) != 0 { return false }
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
            return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
        }
    }
}
