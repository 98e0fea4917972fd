// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import Synchronization

/// Logs what an operator must act on, each kind at most every half minute.
final class ServerAlarms: Sendable {
    private let reactor: any Reactor
    private let logger: Logger
    private let gate = Mutex(AlarmGate())

    init(reactor: any Reactor, logger: Logger) {
        self.reactor = reactor
        self.logger = logger
    }

    /// Looks at an error reply to a script, or to the command named `name`.
    func heard(_ error: RedisServerError, name: String, script: RedisScript? = nil) {
        if error.isAlarming {
            log(.error, "Redis takes no writes; calls wait until it does", key: error.code, ["error": "\(error)"])
        } else if error.code == "WRONGTYPE" {
            log(
                .error, "A key in Redis is of another kind: something else has written it; `stint doctor` names it",
                key: error.code, ["stint.script": "\(name)", "error": "\(error)"])
        } else if let script, case .broken = ScriptEvent(.failure(.server(error)), script: script.name) {
            let text = Scripts.translate(error.description, script: script.name)
            log(
                .error, "Redis broke a script off: a defect of Stint", key: "script \(name)",
                ["stint.script": "\(name)", "stint.sha1": "\(script.sha1)", "error": "\(text)"])
        }
    }

    /// Logs a message, unless it was logged under this key a short while ago.
    func log(
        _ level: Logger.Level, _ message: Logger.Message, key: String, _ metadata: Logger.Metadata,
        to other: Logger? = nil
    ) {
        guard let keptBack = gate.withLock({ $0.pass(key, now: reactor.now) }) else { return }
        var metadata = metadata
        if keptBack > 0 { metadata["stint.repeated"] = "\(keptBack)" }
        (other ?? logger).log(level: level, message, metadata: metadata)
    }
}
