// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@testable import Stint

/// The error table: what each reply means for a script call.
@Suite struct ScriptEventTests {
    private func kind(_ failure: RedisFailure) -> String {
        switch ScriptEvent(.failure(failure), script: "advance") {
        case .reply: "reply"
        case .laneLost: "lane lost"
        case .notRun: "not run"
        case .notSent: "not sent"
        case .unknown: "unknown"
        case .refused: "refused"
        case .failed: "failed"
        case .broken: "broken"
        case .closed: "closed"
        }
    }

    @Test(
        "Each error of Redis is judged by what may have happened",
        arguments: [
            ("LOADING Redis is loading the dataset in memory", "not run"),
            ("BUSY Redis is busy running a script", "not run"),
            ("MASTERDOWN Link with MASTER is down", "not run"),
            ("READONLY You can't write against a read only replica.", "not run"),
            ("NOREPLICAS Not enough good replicas to write.", "not run"),
            ("MISCONF Redis is configured to save RDB snapshots", "not run"),
            ("TRYAGAIN Multiple keys request during rehashing of slot", "not run"),
            ("CLUSTERDOWN Hash slot not served", "not run"),
            ("ERR Script attempted to access a non local key in a cluster node script: 1f", "not run"),
            ("ERR Script attempted to access an undeclared key", "not run"),
            ("MOVED 7 127.0.0.1:6379", "failed"),
            ("ASK 7 127.0.0.1:6379", "failed"),
            ("CROSSSLOT Keys in request don't hash to the same slot", "failed"),
            ("ERR This instance has cluster support disabled", "failed"),
            ("OOM command not allowed when used memory > 'maxmemory'.", "failed"),
            ("NOPERM this user has no permissions to run the 'evalsha' command", "refused"),
            ("NOAUTH Authentication required.", "refused"),
            ("WRONGPASS invalid username-password pair", "refused"),
            ("NOSCRIPT No matching script. Please use EVAL.", "refused"),
            ("ERR user_script:17: Script attempted something", "broken"),
            ("EXECABORT Transaction discarded", "broken"),
        ])
    func errors(line: String, expected: String) {
        #expect(kind(.server(RedisServerError(line: Array(line.utf8)))) == expected)
    }

    @Test("What the connection tells is judged by whether the call was sent")
    func connection() {
        #expect(kind(.notSent("refused")) == "not sent")
        #expect(kind(.outcomeUnknown("reset")) == "unknown")
        #expect(kind(.protocolViolation("nonsense")) == "unknown")
        #expect(kind(.refused("certificate")) == "refused")
        #expect(kind(.closed) == "closed")
    }
}
