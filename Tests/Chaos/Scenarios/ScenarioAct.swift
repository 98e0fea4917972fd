// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintRedis
import StintTesting

/// What some scenarios do beside the faults.
struct ScenarioAct {
    let stage: ChaosStage

    struct Failure: Error, CustomStringConvertible { let description: String }

    func perform() async throws {
        switch stage.scenario.act {
        case .nothing: break
        case .offerNewerSchema: try await offerNewerSchema()
        }
    }

    /// Sees that a queue of a newer layout is refused to producer and worker, and that the worker's other queue goes on.
    private func offerNewerSchema() async throws {
        let queue = "newer"
        _ = try await stage.command("HSET", stage.client.core.keys(queue: queue).meta, "schema", "99")
        do {
            _ = try await stage.client.enqueue(name: "any", payload: [], options: .init(queue: queue))
            throw Failure(description: "a queue of schema 99 was written to")
        } catch  where (error as? StintError)?.code == .schemaTooNew {}
        let worker = try RoleProcess(
            "work",
            ["--redis", stage.site.url, "--folder", stage.folder.path, "--queues", "\(queue),one", "--lease", "2000"],
            folder: stage.folder)
        let effects = HistoryFile.effects.path(in: stage.folder.path)
        let deadline = ContinuousClock.now + .seconds(30)
        while !LineFile.lines(of: effects).contains(where: { $0.contains(" \(worker.pid) stop ") }) {
            guard worker.end() == nil, ContinuousClock.now < deadline else {
                throw Failure(description: "a worker of a newer queue and another did not work on the other")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        worker.signal(SIGTERM)
        guard await worker.wait(within: .seconds(60)) == 0 else {
            throw Failure(description: "a worker of a newer queue did not end in good order")
        }
    }
}
