// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

// Generated from lua/ by `swift run LuaBundler`: do not edit.
// swift-format-ignore-file

package import StintRedis

/// Every script of the protocol, and for each the call that runs it.
package enum Scripts {
    /// All scripts, by name.
    package static let all: [RedisScript] = [advanceScript, auditIndexScript, auditQueueScript, auditReadyScript, auditRecordsScript, awaitScript, beatScript, cancelScript, configureScript, confirmScript, enqueueScript, failScript, inspectScript, leaveScript, logScript, openLaneScript, pageScript, pauseScript, progressScript, promoteScript, purgeScript, registerScript, releaseScript, removeScript, renewScript, repairScript, resumeScript, retryDeadScript, rewakeScript, showScript, sweepScript, trimScript]

    /// The Lua files that the line maps name by index.
    static let files: [String] = ["advance.lua", "audit_index.lua", "audit_queue.lua", "audit_ready.lua", "audit_records.lua", "await.lua", "beat.lua", "cancel.lua", "configure.lua", "confirm.lua", "enqueue.lua", "fail.lua", "include/audit.lua", "include/claim.lua", "include/clock.lua", "include/damage.lua", "include/ending.lua", "include/failure.lua", "include/intake.lua", "include/lane.lua", "include/limit.lua", "include/plain.lua", "include/queue.lua", "include/reap.lua", "include/record.lua", "include/repair.lua", "include/slice.lua", "inspect.lua", "leave.lua", "log.lua", "open_lane.lua", "page.lua", "pause.lua", "progress.lua", "promote.lua", "purge.lua", "register.lua", "release.lua", "remove.lua", "renew.lua", "repair.lua", "resume.lua", "retry_dead.lua", "rewake.lua", "show.lua", "sweep.lua", "trim.lua"]

    /// For each script the runs of lines that stand together in one file: first line, file, line there.
    static let lineMaps: [String: [UInt16]] = [
        "advance": [1, 0, 5, 2, 0, 9, 3, 0, 9, 4, 0, 9, 5, 0, 9, 6, 0, 9, 7, 0, 9, 8, 0, 9, 9, 0, 9, 10, 0, 9, 11, 0, 9, 12, 0, 9, 13, 0, 9, 14, 0, 9, 15, 0, 9, 16, 0, 9, 18, 0, 10, 19, 0, 10, 20, 0, 10, 21, 0, 10, 22, 0, 10, 23, 14, 8, 27, 19, 10, 41, 19, 26, 44, 24, 9, 47, 24, 14, 53, 24, 22, 68, 24, 39, 72, 24, 45, 81, 24, 56, 89, 24, 66, 94, 24, 73, 98, 24, 80, 99, 24, 83, 107, 24, 93, 114, 24, 114, 121, 15, 10, 154, 15, 45, 158, 16, 9, 166, 16, 19, 183, 16, 39, 188, 16, 46, 207, 16, 68, 238, 16, 101, 247, 22, 8, 250, 22, 14, 253, 22, 19, 260, 22, 35, 263, 22, 40, 270, 13, 10, 295, 13, 36, 326, 13, 69, 337, 13, 84, 365, 13, 115, 388, 20, 9, 391, 0, 29, 405, 0, 44, 447, 0, 87, 495, 0, 136],
        "audit_index": [1, 1, 5, 2, 1, 9, 3, 1, 9, 4, 1, 9, 5, 1, 9, 6, 1, 9, 7, 1, 9, 8, 1, 9, 9, 1, 9, 10, 1, 9, 11, 1, 9, 12, 1, 9, 14, 1, 10, 15, 1, 10, 16, 14, 8, 20, 24, 9, 23, 24, 14, 29, 24, 22, 44, 24, 39, 48, 24, 73, 52, 24, 80, 53, 24, 83, 61, 24, 93, 68, 22, 29, 72, 15, 10, 105, 12, 9, 109, 12, 119, 115, 12, 127, 132, 26, 9, 147, 1, 22, 169, 1, 45],
        "audit_queue": [1, 2, 5, 2, 2, 9, 3, 2, 9, 4, 2, 9, 5, 2, 9, 6, 2, 9, 7, 2, 9, 8, 2, 9, 9, 2, 9, 10, 2, 9, 11, 2, 9, 12, 2, 9, 13, 2, 9, 14, 2, 9, 15, 2, 9, 16, 14, 8, 20, 22, 29, 24, 12, 79, 28, 2, 20],
        "audit_ready": [1, 3, 5, 2, 3, 9, 3, 3, 9, 4, 3, 9, 6, 3, 10, 7, 3, 10, 8, 14, 8, 12, 12, 146, 16, 3, 21],
        "audit_records": [1, 4, 5, 2, 4, 9, 3, 4, 9, 4, 4, 9, 5, 4, 9, 6, 4, 9, 7, 4, 9, 8, 4, 9, 9, 4, 9, 10, 4, 9, 11, 4, 9, 12, 4, 9, 14, 4, 10, 15, 4, 10, 16, 4, 10, 17, 14, 8, 21, 24, 9, 24, 24, 14, 30, 24, 22, 45, 24, 39, 49, 24, 73, 53, 24, 80, 54, 24, 83, 62, 24, 93, 69, 15, 10, 102, 12, 9, 106, 12, 15, 121, 12, 32, 129, 12, 42, 163, 12, 85, 195, 26, 9, 210, 4, 21],
        "await": [1, 5, 5, 2, 5, 9, 3, 5, 9, 4, 5, 9, 6, 24, 66, 11, 24, 73, 15, 5, 15],
        "beat": [1, 6, 5, 2, 6, 9, 3, 6, 9, 4, 6, 9, 6, 6, 10, 7, 6, 10, 8, 14, 8, 12, 6, 16],
        "cancel": [1, 7, 5, 2, 7, 9, 3, 7, 9, 4, 7, 9, 5, 7, 9, 6, 7, 9, 7, 7, 9, 8, 7, 9, 9, 7, 9, 10, 7, 9, 11, 7, 9, 12, 7, 9, 14, 7, 10, 15, 7, 10, 16, 7, 10, 17, 7, 10, 18, 14, 8, 22, 19, 10, 36, 19, 26, 39, 24, 9, 42, 24, 14, 48, 24, 22, 63, 24, 39, 67, 24, 45, 76, 24, 56, 84, 24, 66, 89, 24, 73, 93, 24, 103, 97, 15, 10, 130, 16, 9, 138, 16, 19, 155, 16, 39, 160, 16, 46, 179, 16, 68, 210, 22, 8, 213, 20, 9, 216, 7, 25],
        "configure": [1, 8, 5, 2, 8, 9, 4, 8, 10, 5, 14, 8, 9, 22, 8, 12, 22, 14, 15, 22, 29, 19, 20, 9, 22, 8, 19],
        "confirm": [1, 9, 5, 2, 9, 9, 4, 9, 16],
        "enqueue": [1, 10, 5, 2, 10, 9, 3, 10, 9, 4, 10, 9, 5, 10, 9, 6, 10, 9, 7, 10, 9, 8, 10, 9, 9, 10, 9, 10, 10, 9, 11, 10, 9, 12, 10, 9, 13, 10, 9, 14, 10, 9, 16, 10, 10, 17, 14, 8, 21, 14, 14, 24, 19, 10, 38, 19, 26, 41, 24, 9, 44, 24, 14, 50, 24, 22, 65, 24, 39, 69, 24, 45, 78, 24, 56, 86, 24, 66, 91, 24, 73, 95, 24, 114, 102, 24, 123, 110, 15, 10, 143, 16, 9, 151, 16, 19, 168, 16, 39, 173, 16, 46, 192, 16, 68, 223, 22, 8, 226, 22, 14, 229, 22, 19, 236, 22, 35, 239, 22, 40, 246, 20, 9, 249, 20, 14, 252, 18, 9, 264, 18, 24, 300, 18, 62, 328, 18, 92, 361, 18, 127, 372, 18, 140, 376, 18, 146, 380, 18, 152, 396, 18, 171, 404, 18, 181, 412, 18, 191, 416, 18, 197, 459, 18, 241, 509, 21, 13, 524, 21, 31, 555, 21, 64, 576, 10, 31, 595, 10, 51, 624, 10, 81],
        "fail": [1, 11, 5, 2, 11, 9, 3, 11, 9, 4, 11, 9, 5, 11, 9, 6, 11, 9, 7, 11, 9, 8, 11, 9, 9, 11, 9, 10, 11, 9, 11, 11, 9, 12, 11, 9, 13, 11, 9, 14, 11, 9, 16, 11, 10, 17, 11, 10, 18, 14, 8, 22, 14, 14, 25, 19, 10, 39, 19, 26, 42, 24, 9, 45, 24, 14, 51, 24, 22, 66, 24, 39, 70, 24, 45, 79, 24, 56, 87, 24, 66, 92, 24, 73, 96, 24, 80, 97, 24, 83, 105, 24, 93, 112, 15, 10, 145, 16, 9, 153, 16, 19, 170, 16, 39, 175, 16, 46, 194, 16, 68, 225, 16, 101, 234, 17, 10, 246, 22, 8, 249, 22, 19, 256, 22, 35, 259, 22, 40, 266, 20, 9, 269, 11, 24, 307, 11, 63],
        "inspect": [1, 27, 5, 2, 27, 9, 3, 27, 9, 4, 27, 9, 5, 27, 9, 6, 27, 9, 7, 27, 9, 8, 27, 9, 9, 27, 9, 10, 14, 8, 14, 27, 16],
        "leave": [1, 28, 5, 2, 28, 9, 3, 28, 9, 5, 28, 12],
        "log": [1, 29, 5, 2, 29, 9, 3, 29, 9, 5, 29, 10, 6, 29, 10, 7, 29, 10, 8, 29, 10, 9, 29, 10, 10, 20, 9, 13, 29, 17],
        "open_lane": [1, 30, 5, 2, 30, 9, 3, 30, 14],
        "page": [1, 31, 5, 2, 31, 9, 3, 31, 9, 4, 31, 9, 5, 31, 9, 6, 31, 9, 7, 31, 9, 9, 31, 10, 10, 31, 10, 11, 31, 10, 12, 14, 8, 16, 31, 16],
        "pause": [1, 32, 5, 2, 32, 9, 3, 32, 9, 5, 32, 10, 6, 32, 10, 7, 14, 8, 11, 22, 8, 14, 22, 14, 17, 20, 9, 20, 32, 17],
        "progress": [1, 33, 5, 2, 33, 9, 3, 33, 9, 5, 33, 10, 6, 33, 10, 7, 24, 9, 10, 24, 66, 15, 24, 73, 19, 24, 80, 20, 24, 83, 28, 24, 93, 35, 15, 10, 68, 20, 9, 71, 33, 17],
        "promote": [1, 34, 5, 2, 34, 9, 3, 34, 9, 4, 34, 9, 5, 34, 9, 6, 34, 9, 7, 34, 9, 9, 34, 10, 10, 14, 8, 14, 19, 10, 28, 19, 26, 31, 24, 9, 34, 24, 66, 39, 24, 73, 43, 15, 10, 76, 22, 8, 79, 22, 19, 86, 22, 35, 89, 20, 9, 92, 34, 20],
        "purge": [1, 35, 5, 2, 35, 9, 3, 35, 9, 4, 35, 9, 5, 35, 9, 6, 35, 9, 7, 35, 9, 8, 35, 9, 9, 35, 9, 10, 35, 9, 11, 35, 9, 12, 35, 9, 13, 35, 9, 15, 35, 10, 16, 35, 10, 17, 35, 10, 18, 35, 10, 19, 19, 10, 33, 19, 26, 36, 24, 9, 39, 24, 22, 54, 24, 39, 58, 24, 73, 62, 15, 10, 95, 16, 9, 103, 16, 19, 120, 16, 39, 125, 22, 8, 128, 35, 24],
        "register": [1, 36, 5, 2, 36, 9, 4, 20, 9, 7, 20, 14, 10, 36, 16],
        "release": [1, 37, 5, 2, 37, 9, 3, 37, 9, 4, 37, 9, 5, 37, 9, 6, 37, 9, 7, 37, 9, 8, 37, 9, 9, 37, 9, 10, 37, 9, 11, 37, 9, 12, 37, 9, 13, 37, 9, 14, 37, 9, 15, 37, 9, 17, 37, 10, 18, 14, 8, 22, 14, 14, 25, 19, 10, 39, 19, 26, 42, 24, 9, 45, 24, 14, 51, 24, 22, 66, 24, 39, 70, 24, 45, 79, 24, 56, 87, 24, 66, 92, 24, 73, 96, 24, 80, 97, 24, 83, 105, 24, 93, 112, 24, 109, 115, 15, 10, 148, 16, 9, 156, 16, 19, 173, 16, 39, 178, 16, 46, 197, 16, 68, 228, 22, 8, 231, 22, 19, 238, 22, 35, 241, 22, 40, 248, 20, 9, 251, 37, 24, 284, 37, 58],
        "remove": [1, 38, 5, 2, 38, 9, 3, 38, 9, 4, 38, 9, 5, 38, 9, 6, 38, 9, 7, 38, 9, 8, 38, 9, 9, 38, 9, 10, 38, 9, 11, 38, 9, 12, 38, 9, 13, 38, 9, 14, 38, 9, 16, 38, 10, 17, 38, 10, 18, 38, 10, 19, 14, 8, 23, 19, 10, 37, 19, 26, 40, 24, 9, 43, 24, 22, 58, 24, 39, 62, 24, 73, 66, 24, 80, 67, 24, 83, 75, 24, 93, 82, 24, 103, 86, 15, 10, 119, 16, 9, 127, 16, 19, 144, 16, 39, 149, 22, 8, 152, 20, 9, 155, 38, 24],
        "renew": [1, 39, 5, 2, 39, 9, 3, 39, 9, 5, 39, 10, 6, 14, 8, 10, 20, 9, 13, 39, 16],
        "repair": [1, 40, 5, 2, 40, 9, 3, 40, 9, 4, 40, 9, 5, 40, 9, 6, 40, 9, 7, 40, 9, 8, 40, 9, 9, 40, 9, 10, 40, 9, 11, 40, 9, 12, 40, 9, 13, 40, 9, 14, 40, 9, 16, 40, 10, 17, 40, 10, 18, 40, 10, 19, 14, 8, 23, 24, 9, 26, 24, 14, 32, 24, 22, 47, 24, 39, 51, 24, 66, 56, 24, 73, 60, 24, 80, 61, 24, 83, 69, 24, 93, 76, 24, 123, 84, 22, 8, 87, 22, 19, 94, 22, 29, 98, 22, 35, 101, 15, 10, 134, 12, 9, 138, 12, 15, 153, 12, 32, 161, 12, 42, 195, 12, 79, 199, 12, 85, 231, 12, 119, 237, 12, 127, 254, 12, 146, 258, 25, 10, 301, 25, 55, 328, 25, 85, 339, 25, 99, 369, 25, 131, 385, 40, 22],
        "resume": [1, 41, 5, 2, 41, 9, 3, 41, 9, 4, 41, 9, 5, 14, 8, 9, 22, 8, 12, 22, 19, 19, 22, 35, 22, 41, 14],
        "retry_dead": [1, 42, 5, 2, 42, 9, 3, 42, 9, 4, 42, 9, 5, 42, 9, 6, 42, 9, 7, 42, 9, 8, 42, 9, 9, 42, 9, 10, 42, 9, 11, 42, 9, 12, 42, 9, 13, 42, 9, 14, 42, 9, 16, 42, 10, 17, 14, 8, 21, 19, 10, 35, 19, 26, 38, 24, 9, 41, 24, 14, 47, 24, 22, 62, 24, 39, 66, 24, 45, 75, 24, 56, 83, 24, 66, 88, 24, 73, 92, 24, 109, 95, 24, 114, 102, 24, 123, 110, 15, 10, 143, 15, 45, 147, 16, 9, 155, 16, 19, 172, 16, 39, 177, 16, 46, 196, 16, 68, 227, 22, 8, 230, 22, 19, 237, 22, 35, 240, 20, 9, 243, 42, 24],
        "rewake": [1, 43, 5, 2, 43, 9, 3, 43, 14],
        "show": [1, 44, 5, 2, 44, 9, 3, 44, 9, 4, 44, 9, 5, 44, 9, 6, 44, 9, 7, 44, 9, 8, 44, 9, 10, 14, 8, 14, 24, 80, 15, 24, 83, 23, 24, 93, 30, 44, 15],
        "sweep": [1, 45, 5, 2, 45, 9, 3, 45, 9, 4, 45, 9, 5, 45, 9, 6, 45, 9, 7, 45, 9, 8, 45, 9, 9, 45, 9, 10, 45, 9, 11, 45, 9, 12, 45, 9, 13, 45, 9, 14, 45, 9, 16, 45, 10, 17, 45, 10, 18, 45, 10, 19, 14, 8, 23, 22, 8, 26, 22, 14, 29, 22, 19, 36, 22, 29, 40, 22, 35, 43, 22, 40, 50, 24, 9, 53, 24, 14, 59, 24, 22, 74, 24, 39, 78, 24, 45, 87, 24, 56, 95, 24, 66, 100, 24, 73, 104, 24, 80, 105, 24, 83, 113, 24, 93, 120, 15, 10, 153, 16, 9, 161, 16, 19, 178, 16, 39, 183, 16, 46, 202, 16, 68, 233, 16, 101, 242, 17, 10, 254, 23, 10, 266, 23, 26, 270, 23, 32, 297, 23, 62, 320, 23, 89, 349, 23, 121, 364, 45, 23, 381, 45, 41, 392, 45, 57, 400, 45, 66, 446, 45, 113],
        "trim": [1, 46, 5, 2, 46, 9, 3, 46, 9, 4, 46, 9, 5, 46, 9, 6, 46, 9, 7, 46, 9, 8, 46, 9, 9, 46, 9, 10, 46, 9, 11, 46, 9, 13, 46, 10, 14, 14, 8, 18, 24, 9, 21, 24, 22, 36, 24, 39, 40, 15, 10, 73, 16, 9, 81, 16, 19, 98, 46, 19, 118, 46, 40],
    ]

    /// Who calls each script, the keys that it takes and the commands that it calls.
    package static let access: [ScriptAccess] = [
        ScriptAccess(
            script: advanceScript,
            roles: [.worker],
            keys: ["jobs", "big", "ready", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "recent", "meta", "wake", "lane"],
            commands: ["GET", "HDEL", "HGET", "HMGET", "HSET", "HSTRLEN", "LLEN", "LRANGE", "LTRIM", "PUBLISH", "SET", "TIME", "ZADD", "ZRANGE", "ZREM", "ZREMRANGEBYRANK"]),
        ScriptAccess(
            script: auditIndexScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "big", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta"],
            commands: ["HGET", "HMGET", "HSCAN", "TIME", "ZSCAN"]),
        ScriptAccess(
            script: auditQueueScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "big", "ready", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "recent", "meta", "wake"],
            commands: ["HLEN", "HMGET", "LLEN", "TIME", "TYPE", "ZCARD"]),
        ScriptAccess(
            script: auditReadyScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "ready", "meta"],
            commands: ["HGET", "HMGET", "LINDEX", "LLEN", "LRANGE", "TIME"]),
        ScriptAccess(
            script: auditRecordsScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "big", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta"],
            commands: ["HEXISTS", "HGET", "HSCAN", "HSTRLEN", "TIME", "ZSCORE"]),
        ScriptAccess(
            script: awaitScript,
            roles: [.producer, .operator],
            keys: ["jobs", "big", "errors"],
            commands: ["HGET", "HSET"]),
        ScriptAccess(
            script: beatScript,
            roles: [.worker],
            keys: ["queues", "nodes", "node_details"],
            commands: ["HDEL", "HSET", "SADD", "TIME", "ZADD", "ZRANGEBYSCORE", "ZREM"]),
        ScriptAccess(
            script: cancelScript,
            roles: [.producer, .operator],
            keys: ["jobs", "big", "delayed", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "lane"],
            commands: ["GET", "HDEL", "HGET", "HMGET", "HSET", "PUBLISH", "SET", "TIME", "ZADD", "ZREM"]),
        ScriptAccess(
            script: configureScript,
            roles: [.operator],
            keys: ["meta"],
            commands: ["HDEL", "HMGET", "HSET", "TIME"]),
        ScriptAccess(
            script: confirmScript,
            roles: [.producer],
            keys: ["lane"],
            commands: ["GET", "PEXPIRE"]),
        ScriptAccess(
            script: enqueueScript,
            roles: [.producer],
            keys: ["jobs", "big", "ready", "delayed", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "wake", "lane"],
            commands: ["GET", "HDEL", "HGET", "HLEN", "HMGET", "HSET", "LLEN", "PUBLISH", "RPUSH", "SET", "TIME", "ZADD", "ZCARD", "ZRANGE", "ZREM"]),
        ScriptAccess(
            script: failScript,
            roles: [.worker],
            keys: ["jobs", "big", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "wake", "lane"],
            commands: ["GET", "HDEL", "HGET", "HMGET", "HSET", "PUBLISH", "SET", "TIME", "ZADD", "ZRANGE", "ZREM"]),
        ScriptAccess(
            script: inspectScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "ready", "delayed", "leases", "kept", "dead", "cancelling", "meta"],
            commands: ["HGET", "HGETALL", "HLEN", "LINDEX", "LLEN", "TIME", "ZCARD", "ZRANGE"]),
        ScriptAccess(
            script: leaveScript,
            roles: [.worker],
            keys: ["nodes", "node_details"],
            commands: ["HDEL", "ZREM"]),
        ScriptAccess(
            script: logScript,
            roles: [.worker],
            keys: ["leases", "log"],
            commands: ["PEXPIRE", "XADD", "XREVRANGE", "ZSCORE"]),
        ScriptAccess(
            script: openLaneScript,
            roles: [.producer, .worker, .operator],
            keys: ["lane"],
            commands: ["SET"]),
        ScriptAccess(
            script: pageScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "ready", "delayed", "leases", "kept", "dead"],
            commands: ["HGET", "LLEN", "LRANGE", "TIME", "ZCARD", "ZRANGE", "ZREVRANGE"]),
        ScriptAccess(
            script: pauseScript,
            roles: [.operator],
            keys: ["meta", "wake"],
            commands: ["DEL", "HGET", "HSET", "TIME"]),
        ScriptAccess(
            script: progressScript,
            roles: [.worker],
            keys: ["jobs", "progress"],
            commands: ["HGET", "HSET"]),
        ScriptAccess(
            script: promoteScript,
            roles: [.operator],
            keys: ["jobs", "ready", "delayed", "meta", "wake", "lane"],
            commands: ["GET", "HGET", "HMGET", "HSET", "RPUSH", "SET", "TIME", "ZADD", "ZREM"]),
        ScriptAccess(
            script: purgeScript,
            roles: [.operator],
            keys: ["jobs", "big", "ready", "delayed", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "lane"],
            commands: ["GET", "HDEL", "HGET", "HMGET", "HSET", "LLEN", "LPUSH", "LRANGE", "LTRIM", "PUBLISH", "SET", "ZCARD", "ZRANGE", "ZREM"]),
        ScriptAccess(
            script: registerScript,
            roles: [.operator],
            keys: ["queues"],
            commands: ["SADD"]),
        ScriptAccess(
            script: releaseScript,
            roles: [.worker],
            keys: ["jobs", "big", "ready", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "wake", "lane"],
            commands: ["GET", "HDEL", "HGET", "HMGET", "HSET", "LPUSH", "PUBLISH", "SET", "TIME", "ZADD", "ZRANGE", "ZREM"]),
        ScriptAccess(
            script: removeScript,
            roles: [.operator],
            keys: ["jobs", "big", "ready", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "lane"],
            commands: ["GET", "HDEL", "HGET", "HINCRBY", "LREM", "PUBLISH", "SET", "TIME", "ZREM", "ZSCORE"]),
        ScriptAccess(
            script: renewScript,
            roles: [.worker],
            keys: ["leases", "meta"],
            commands: ["HGET", "HSET", "TIME", "ZADD", "ZMSCORE"]),
        ScriptAccess(
            script: repairScript,
            roles: [.operator],
            keys: ["jobs", "big", "ready", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "wake"],
            commands: ["HDEL", "HEXISTS", "HGET", "HMGET", "HSET", "HSTRLEN", "LINDEX", "LLEN", "LPOS", "LPUSH", "LRANGE", "TIME", "ZADD", "ZREM", "ZSCORE"]),
        ScriptAccess(
            script: resumeScript,
            roles: [.operator],
            keys: ["ready", "meta", "wake"],
            commands: ["HDEL", "HMGET", "LLEN", "TIME", "ZADD"]),
        ScriptAccess(
            script: retryDeadScript,
            roles: [.operator],
            keys: ["jobs", "big", "ready", "delayed", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "wake", "lane"],
            commands: ["GET", "HDEL", "HGET", "HINCRBY", "HMGET", "HSET", "HSTRLEN", "PUBLISH", "RPUSH", "SET", "TIME", "ZADD", "ZREM"]),
        ScriptAccess(
            script: rewakeScript,
            roles: [.worker],
            keys: ["wake"],
            commands: ["ZADD"]),
        ScriptAccess(
            script: showScript,
            roles: [.dashboard, .operator],
            keys: ["jobs", "big", "leases", "errors", "progress", "cancelling", "kept"],
            commands: ["HGET", "HMGET", "TIME", "ZSCORE"]),
        ScriptAccess(
            script: sweepScript,
            roles: [.worker],
            keys: ["jobs", "big", "ready", "delayed", "leases", "errors", "progress", "cancelling", "unique", "kept", "dead", "meta", "wake"],
            commands: ["EXISTS", "HDEL", "HGET", "HLEN", "HMGET", "HRANDFIELD", "HSET", "LLEN", "LPUSH", "LRANGE", "LTRIM", "PUBLISH", "RPUSH", "TIME", "ZADD", "ZRANGE", "ZRANGEBYSCORE", "ZREM"]),
        ScriptAccess(
            script: trimScript,
            roles: [.worker],
            keys: ["jobs", "big", "errors", "progress", "cancelling", "unique", "kept", "dead", "recent", "meta"],
            commands: ["HDEL", "HGET", "HMGET", "TIME", "ZCARD", "ZRANGE", "ZRANGEBYSCORE", "ZREM", "ZREMRANGEBYSCORE"]),
    ]

    /// The text of `advance.lua`.
    package static let advanceScript = RedisScript(
        name: "advance",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local leases = KEYS[8]
local errors = KEYS[9]
local progress = KEYS[10]
local cancelling = KEYS[11]
local unique = KEYS[12]
local kept = KEYS[13]
local dead = KEYS[14]
local recent = KEYS[15]
local meta = KEYS[16]
local wake = KEYS[17]
local lane = KEYS[18]
local number = tonumber(ARGV[1])
local lease_ms = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
local node = ARGV[4]
local seen_fence = tonumber(ARGV[5])
local finished_from = 6
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_expired(record, now_ms)
  if bit.band(string.byte(record, 5), 32) == 0 or struct.unpack('>I2', record, 6) > 0 then
    return false
  end
  local expires_ms = record_options(record)
  return expires_ms > 0 and now_ms >= expires_ms
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function record_bereft(big, id, record)
  return bit.band(string.byte(record, 4), 32) ~= 0
    and redis.call('HSTRLEN', big, id) ~= math.max(1, (struct.unpack('>I4', record, record_fields_end(record) + 1)))
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function ending_bury(key, id, record, now_ms, reason)
  local _, _, _, window_ms = record_options(record)
  ending_tell(key, id, record)
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  redis.call('HSET', key.jobs, id, ending_record(key, id, record, 'x', now_ms, reason))
  redis.call('ZADD', key.dead, now_ms, id)
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_found(meta)
  redis.call('HSET', meta, 'schema', '1', 'sentinel', string.rep('-', 65))
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function queue_next_due(delayed, now_us)
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if not first[2] then
    return -1
  end
  return math.max(0, tonumber(first[2]) * 1000 - now_us)
end
local function claim_plan(jobs, big, ready, limit, tombs, now_ms)
  local byte = string.byte
  local ids, records, seen, count, bytes = {}, {}, {}, 0, 0
  local plan = { ids = ids, records = records, expired = {}, bereft = {}, used = { 0, 0, 0, 0 },
    dropped = { 0, 0, 0, 0 }, remaining = 0, is_change = false }
  for list = 1, 4 do
    local length = redis.call('LLEN', ready[list])
    local need = limit - count
    local used, dropped = 0, 0
    if length > 0 and need > 0 and bytes < 1048576 then
      local heads = redis.call('LRANGE', ready[list], 0, need + math.min(tombs[list], 100) - 1)
      local first = 44 + 4 * list -- the places of this list are the four bytes from here on
      for index, record in ipairs(redis.call('HMGET', jobs, unpack(heads))) do -- at most 600
        if count >= limit or bytes >= 1048576 then
          break
        end
        local id = heads[index]
        used = index
        local is_live, flags, more = false, 0, 0
        if record and #record >= 39 and not seen[id] then
          local state, place
          state, place, flags, more = byte(record, 2, 5)
          is_live = state == 114 and place >= first and place < first + 4
        end
        local is_apart, is_special = flags % 64 >= 32, more % 64 >= 16
        if is_live and (is_apart or is_special) and record_damage(record) then
          is_live = false
        end
        if not is_live then
          dropped = dropped + 1
        elseif is_special and record_expired(record, now_ms) then
          plan.expired[#plan.expired + 1] = { id, record }
          seen[id] = true
        elseif is_apart and record_bereft(big, id, record) then
          plan.bereft[#plan.bereft + 1] = { id, record }
          seen[id] = true
        else
          count = count + 1
          ids[count], records[count] = id, record
          seen[id] = true
          bytes = bytes + #record
          if is_apart then
            bytes = bytes + struct.unpack('>I4', record, record_fields_end(record) + 1)
          end
        end
      end
      plan.is_change = plan.is_change or used > 0
    end
    plan.used[list], plan.dropped[list] = used, dropped
    local left = length - used
    if left > 0 then
      plan.remaining = plan.remaining + math.max(0, left - math.max(0, tombs[list] - dropped))
    end
  end
  return plan
end
local function claim_drop(ready, plan, tombs, counts)
  for list = 1, 4 do
    if plan.used[list] > 0 then
      redis.call('LTRIM', ready[list], plan.used[list], -1)
      if plan.dropped[list] > 0 then
        counts[#counts + 1] = 'tomb:' .. (list - 1)
        counts[#counts + 1] = math.max(0, tombs[list] - plan.dropped[list])
      end
    end
  end
end
local function claim_take(plan, big, now_ms, fence, expiry, node)
  local sub, char, floor = string.sub, string.char, math.floor
  local fields, scores, claimed, ids = {}, {}, {}, plan.ids
  local start, head, high, stem
  for index, record in ipairs(plan.records) do
    local id, begins = ids[index], sub(record, 1, 17)
    if begins ~= start then
      start = begins
      local attempt = math.min(struct.unpack('>I2', record, 6) + 1, 65535)
      head = sub(record, 1, 1) .. 'n' .. sub(record, 3, 5) .. struct.pack('>I2', attempt) .. sub(record, 8, 17)
    end
    local number = fence + index
    local low = number % 65536
    if (number - low) / 65536 ~= high then
      high = (number - low) / 65536
      stem = struct.pack('>I6I5', now_ms, high)
    end
    record = head .. stem .. char(floor(low / 256), low % 256) .. node .. sub(record, 37)
    fields[2 * index - 1], fields[2 * index] = id, record
    scores[2 * index - 1] = expiry
    scores[2 * index] = record_member(id, number, node)
    claimed[3 * index - 2], claimed[3 * index - 1], claimed[3 * index] = id, record, ''
    if floor(string.byte(record, 4) / 32) % 2 == 1 then
      claimed[3 * index] = redis.call('HGET', big, id)
    end
  end
  return fields, scores, claimed
end
local function claim_again(jobs, big, note)
  local gone, first, ids = string.match(note, '^([^,]*),(%d*)(.*)$')
  local lost, claimed, fence = {}, {}, tonumber(first)
  for id in string.gmatch(gone, '[^ ]+') do
    lost[#lost + 1] = id
  end
  for id in string.gmatch(ids, '[^ ]+') do
    local record = redis.call('HGET', jobs, id)
    if record and #record >= 39 and string.byte(record, 2) == 110 and struct.unpack('>I7', record, 24) == fence then
      local payload = ''
      if bit.band(string.byte(record, 4), 32) ~= 0 then
        payload = not record_bereft(big, id, record) and redis.call('HGET', big, id)
      end
      if payload then
        claimed[#claimed + 1] = id
        claimed[#claimed + 1] = record
        claimed[#claimed + 1] = payload
      end
    end
    fence = fence + 1
  end
  return { 1, lost, claimed, 1, -1 }
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return claim_again(jobs, big, note)
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'lease', 'fence', 'paused_until', 'tomb:0', 'tomb:1', 'tomb:2',
  'tomb:3', 'completed', 'claimed', 'expired', 'sampled', 'died')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
if #node ~= 6 then
  return redis.error_reply('ERR a node has 6 characters')
end
limit = math.min(limit, 500)
local lost, members, plain, special, seen, ids = {}, {}, {}, {}, {}, {}
local last
for at = finished_from, #ARGV, 3 do
  ids[#ids + 1] = ARGV[at]
  if #ARGV[at + 2] > 262144 then
    return limit_refusal('a result has at most 256 KiB')
  end
end
if #ids > 500 then
  return limit_refusal('a call finishes at most 500 jobs')
end
if #ids > 0 then
  local at = finished_from
  for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
    local id, is_held = ids[index], false
    if record and not seen[id] and string.byte(record, 2) == 110 and record_lease(id, record) == ARGV[at + 1] then
      local flags, more = string.byte(record, 4, 5)
      seen[id] = true
      if flags == 0 and more % 8 < 4 then
        is_held = true
        plain[#plain + 1] = id
      elseif not record_damage(record) then
        is_held = true
        special[#special + 1] = { id, record, ARGV[at + 2] }
      end
    end
    if is_held then
      members[#members + 1] = ARGV[at + 1]
      last = id
    else
      lost[#lost + 1] = id
    end
    at = at + 3
  end
end
local is_paused = queue_paused(state[4], now_ms)
local tombs = { tonumber(state[5]) or 0, tonumber(state[6]) or 0, tonumber(state[7]) or 0, tonumber(state[8]) or 0 }
local plan = claim_plan(jobs, big, ready, is_paused and 0 or limit, tombs, now_ms)
local lease = math.max(lease_ms, tonumber(state[2]) or 0)
local fence = math.max(tonumber(state[3]) or 0, seen_fence, now_us)
if not state[1] then
  queue_found(meta)
end
for _, job in ipairs(special) do
  ending_close(key, job[1], job[2], 'c', now_ms, nil, job[3])
end
if #plain > 0 then
  redis.call('HDEL', jobs, unpack(plain)) -- at most 500
end
local counts = { 'lease', lease, 'completed', (tonumber(state[9]) or 0) + #members }
if #members > 0 and math.abs(now_ms - (tonumber(state[12]) or 0)) >= 10 then
  redis.call('ZADD', recent, now_ms, last)
  redis.call('ZREMRANGEBYRANK', recent, 0, -1001)
  counts[#counts + 1] = 'sampled'
  counts[#counts + 1] = string.format('%d', now_ms)
end
local claimed, short = {}, ''
if plan.is_change then
  claim_drop(ready, plan, tombs, counts)
  for _, job in ipairs(plan.expired) do
    ending_close(key, job[1], job[2], 'k', now_ms, 'expired')
  end
  if #plan.expired > 0 then
    counts[#counts + 1] = 'expired'
    counts[#counts + 1] = (tonumber(state[11]) or 0) + #plan.expired
  end
  for _, job in ipairs(plan.bereft) do
    ending_bury(key, job[1], job[2], now_ms, 'its payload is gone from Redis')
  end
  if #plan.bereft > 0 then
    counts[#counts + 1] = 'died'
    counts[#counts + 1] = (tonumber(state[13]) or 0) + #plan.bereft
  end
  if #plan.ids > 0 then
    local fields, scores
    short = string.format('%d ', fence + 1) .. table.concat(plan.ids, ' ')
    fields, scores, claimed = claim_take(plan, big, now_ms, fence, string.format('%d', now_ms + lease), node)
    fence = fence + #plan.ids
    redis.call('HSET', jobs, unpack(fields)) -- at most 1000
    redis.call('ZADD', leases, unpack(scores)) -- at most 1000
  end
  counts[#counts + 1] = 'fence'
  counts[#counts + 1] = string.format('%d', fence)
  counts[#counts + 1] = 'claimed'
  counts[#counts + 1] = (tonumber(state[10]) or 0) + #plan.ids
end
if #members > 0 then
  redis.call('ZREM', leases, unpack(members)) -- at most 500
end
redis.call('HSET', meta, unpack(counts)) -- at most 26
local has_more = plan.remaining > 0 and not is_paused
if has_more then
  queue_wake(wake, now_ms)
end
lane_note(lane, number, table.concat(lost, ' ') .. ',' .. short)
return { 1, lost, claimed, has_more and 1 or 0, has_more and -1 or queue_next_due(delayed, now_us) }
"""#,
        sha1: "f95977a1fc1e11dd58f436e0274232df3c8d3b72"
    )

    /// Finishes jobs that a worker completed and claims others for its free slots: the hot path.
    ///
    /// The reply: 1, ids whose lease is lost, claimed (id, record, big payload or '') in one list, 1 if more is claimable, µs until the next is due or -1 | -1 lane lost | -2 schema.
    package static func advance(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        recent: String,
        meta: String,
        wake: String,
        lane: String,
        number: Int,
        leaseMs: Int,
        limit: Int,
        node: some ScriptArgument,
        seenFence: Int,
        finished: [[UInt8]] = []
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: advanceScript,
            keys: [jobs, big] + ready + [delayed, leases, errors, progress, cancelling, unique, kept, dead, recent, meta, wake, lane],
            arguments: [number.scriptBytes, leaseMs.scriptBytes, limit.scriptBytes, node.scriptBytes, seenFence.scriptBytes] + finished
        )
    }

    /// Finishes jobs that a worker completed and claims others for its free slots: the hot path.
    ///
    /// The reply: 1, ids whose lease is lost, claimed (id, record, big payload or '') in one list, 1 if more is claimable, µs until the next is due or -1 | -1 lane lost | -2 schema.
    package static func advance(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        leaseMs: Int,
        limit: Int,
        node: some ScriptArgument,
        seenFence: Int,
        finished: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: advanceScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.recent, keys.meta, keys.wake, lane],
            arguments: [number.scriptBytes, leaseMs.scriptBytes, limit.scriptBytes, node.scriptBytes, seenFence.scriptBytes] + finished
        )
    }

    /// The text of `audit_index.lua`.
    package static let auditIndexScript = RedisScript(
        name: "audit_index",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local big = KEYS[2]
local delayed = KEYS[3]
local leases = KEYS[4]
local errors = KEYS[5]
local progress = KEYS[6]
local cancelling = KEYS[7]
local unique = KEYS[8]
local kept = KEYS[9]
local dead = KEYS[10]
local meta = KEYS[11]
local source = ARGV[1]
local cursor = ARGV[2]
local limit = tonumber(ARGV[3])
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function queue_lease_before(before, lowered_until, now_ms)
  local lease_ms, until_ms = tonumber(before) or 0, tonumber(lowered_until) or 0
  return until_ms > now_ms and until_ms <= now_ms + lease_ms and lease_ms or 0
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function audit_note(wrong, code, id, first, second)
  local at = #wrong
  wrong[at + 1], wrong[at + 2], wrong[at + 3], wrong[at + 4] = code, id, first or '', second or ''
end
local function audit_owner(source, entry, value)
  if source == 'unique' then
    return value
  end
  return string.match(entry, '^[^:]*')
end
local function audit_announces(source, entry, id, record)
  local state, _, flags = record_head(record)
  if source == 'leases' then
    return state == 'n' and record_lease(id, record) == entry
  elseif source == 'unique' then
    local _, _, _, window_ms = record_options(record)
    return bit.band(flags, 64) ~= 0 and record_field(record, 'u') == entry
      and (state == 'd' or state == 'r' or state == 'n' or window_ms > 0)
  elseif source == 'big' then
    return bit.band(entry == id and flags or string.byte(record, 5), entry == id and 32 or 4) ~= 0
  end
  local flag = ({ errors = 4, progress = 8, cancelling = 2 })[source]
  if flag then
    return bit.band(flags, flag) ~= 0
  end
  return string.find(({ delayed = 'd', dead = 'x', kept = 'ck' })[source], state, 1, true) ~= nil
end
local function slice_hash(name, cursor, limit, step)
  local flat, bytes = {}, 0
  for _ = 1, limit do
    local page = redis.call('HSCAN', name, cursor, 'COUNT', step)
    cursor = page[1]
    for _, part in ipairs(page[2]) do
      flat[#flat + 1] = part
      bytes = bytes + #part
    end
    if cursor == '0' or #flat >= 2 * limit or bytes >= 262144 then
      break
    end
  end
  return cursor, flat
end
local key = { big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique }
local now_ms = clock_now()
local state = redis.call('HMGET', meta, 'look', 'hold', 'lease', 'lease_before', 'lease_lowered_until')
local hold, lease = tonumber(state[2]) or 0, tonumber(state[3]) or 0
local longest = math.max(lease, queue_lease_before(state[4], state[5], now_ms))
local gap = now_ms - (tonumber(state[1]) or 0)
local is_watched = gap >= 0 and gap <= lease / 3 and now_ms >= hold
limit = math.min(limit, 500)
local flat
if key[source] then
  cursor, flat = slice_hash(key[source], cursor, limit, source == 'big' and 1 or 10)
else
  local set = ({ delayed = delayed, leases = leases, dead = dead, kept = kept })[source]
  local page = redis.call('ZSCAN', set, cursor, 'COUNT', limit)
  cursor, flat = page[1], page[2]
end
local wrong = {}
for at = 1, #flat, 2 do
  local entry, value = flat[at], flat[at + 1]
  if source ~= 'unique' or entry ~= '' then
    local id = audit_owner(source, entry, value)
    local record = redis.call('HGET', jobs, id)
    if not record or (not record_damage(record) and not audit_announces(source, entry, id, record)) then
      audit_note(wrong, 'stray', id, source, entry)
    elseif source == 'leases' then
      local expiry = tonumber(value)
      if longest > 0 and expiry > now_ms + longest + 1000 then
        audit_note(wrong, 'ahead', id, entry, string.format('%d', expiry - now_ms))
      elseif is_watched and now_ms - math.max(expiry, hold) > lease + 1000 then
        audit_note(wrong, 'overdue', id, entry, string.format('%d', now_ms - expiry))
      end
    end
  end
end
return { string.format('%d', now_ms), cursor, #flat / 2, wrong }
"""#,
        sha1: "7f84a628ef1fd6a16c3d530692b2db4f3d911132",
        isReadOnly: true
    )

    /// Checks a slice of one of a queue's indexes against the records.
    ///
    /// The reply: now in ms, the next cursor ('0' at the end), entries, what is wrong (code, id, detail, detail) in one list.
    package static func auditIndex(
        jobs: String,
        big: String,
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        source: some ScriptArgument,
        cursor: some ScriptArgument,
        limit: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: auditIndexScript,
            keys: [jobs, big, delayed, leases, errors, progress, cancelling, unique, kept, dead, meta],
            arguments: [source.scriptBytes, cursor.scriptBytes, limit.scriptBytes]
        )
    }

    /// Checks a slice of one of a queue's indexes against the records.
    ///
    /// The reply: now in ms, the next cursor ('0' at the end), entries, what is wrong (code, id, detail, detail) in one list.
    package static func auditIndex(
        _ keys: QueueKeys,
        source: some ScriptArgument,
        cursor: some ScriptArgument,
        limit: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: auditIndexScript,
            keys: [keys.jobs, keys.big, keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta],
            arguments: [source.scriptBytes, cursor.scriptBytes, limit.scriptBytes]
        )
    }

    /// The text of `audit_queue.lua`.
    package static let auditQueueScript = RedisScript(
        name: "audit_queue",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local leases = KEYS[8]
local errors = KEYS[9]
local progress = KEYS[10]
local cancelling = KEYS[11]
local unique = KEYS[12]
local kept = KEYS[13]
local dead = KEYS[14]
local recent = KEYS[15]
local meta = KEYS[16]
local wake = KEYS[17]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function queue_lease_before(before, lowered_until, now_ms)
  local lease_ms, until_ms = tonumber(before) or 0, tonumber(lowered_until) or 0
  return until_ms > now_ms and until_ms <= now_ms + lease_ms and lease_ms or 0
end
local function audit_far(fence, now_ms)
  fence = tonumber(fence)
  return fence and fence > (now_ms + 315576000000) * 1000
end
local now_ms = clock_now()
local now = string.format('%d', now_ms)
local wrong = {}
local function note(code, first, second)
  local at = #wrong
  wrong[at + 1], wrong[at + 2], wrong[at + 3], wrong[at + 4] = code, '', first, second
end
local kinds = { { 'jobs', jobs, 'hash' }, { 'big', big, 'hash' }, { 'ready:0', ready[1], 'list' },
  { 'ready:1', ready[2], 'list' }, { 'ready:2', ready[3], 'list' }, { 'ready:3', ready[4], 'list' },
  { 'delayed', delayed, 'zset' }, { 'leases', leases, 'zset' }, { 'errors', errors, 'hash' },
  { 'progress', progress, 'hash' }, { 'cancelling', cancelling, 'hash' }, { 'unique', unique, 'hash' },
  { 'kept', kept, 'zset' }, { 'dead', dead, 'zset' }, { 'recent', recent, 'zset' }, { 'meta', meta, 'hash' },
  { 'wake', wake, 'zset' } }
for _, kind in ipairs(kinds) do
  local found = redis.call('TYPE', kind[2]).ok
  if found ~= 'none' and found ~= kind[3] then
    note('type', kind[1], found)
  end
end
if #wrong > 0 then
  return { now, {}, wrong }
end
local numbers = { 'schema', 'lease', 'look', 'hold', 'lease_before', 'lease_lowered_until', 'fence', 'depth_limit',
  'paused_until', 'paused_at', 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3', 'enqueued', 'claimed', 'completed', 'failed',
  'retried', 'died', 'cancelled', 'expired', 'crashed', 'released', 'revived', 'purged', 'sampled' }
local values = redis.call('HMGET', meta, unpack(numbers)) -- at most 27
for index, name in ipairs(numbers) do
  local is_far = name == 'fence' and audit_far(values[index], now_ms)
  if values[index] and (is_far or not string.find(values[index], '^%d+$')) then
    note('number', name, values[index])
  end
end
local longest = math.max(tonumber(values[2]) or 0, queue_lease_before(values[5], values[6], now_ms))
if (tonumber(values[3]) or 0) > now_ms + 1000 then
  note('look', values[3], '')
end
if (tonumber(values[4]) or 0) > now_ms + longest + 1000 then
  note('hold', values[4], '')
end
return { now,
  { redis.call('HLEN', jobs), redis.call('LLEN', ready[1]), redis.call('LLEN', ready[2]), redis.call('LLEN', ready[3]),
    redis.call('LLEN', ready[4]), redis.call('ZCARD', delayed), redis.call('ZCARD', leases), redis.call('ZCARD', dead),
    redis.call('ZCARD', kept), redis.call('HLEN', unique), redis.call('HLEN', big), redis.call('HLEN', errors),
    redis.call('HLEN', progress), redis.call('HLEN', cancelling) }, wrong }
"""#,
        sha1: "3a5f842b45bf83603088fdcacf539b815d2da767",
        isReadOnly: true
    )

    /// Checks the types of a queue's keys and what `meta` says, and tells how much there is to check.
    ///
    /// The reply: now in ms, entries of jobs, ready (4), delayed, leases, dead, kept, unique, big, errors, progress and cancelling, what is wrong (code, '', detail, detail) in one list.
    package static func auditQueue(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        recent: String,
        meta: String,
        wake: String
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: auditQueueScript,
            keys: [jobs, big] + ready + [delayed, leases, errors, progress, cancelling, unique, kept, dead, recent, meta, wake],
            arguments: []
        )
    }

    /// Checks the types of a queue's keys and what `meta` says, and tells how much there is to check.
    ///
    /// The reply: now in ms, entries of jobs, ready (4), delayed, leases, dead, kept, unique, big, errors, progress and cancelling, what is wrong (code, '', detail, detail) in one list.
    package static func auditQueue(
        _ keys: QueueKeys
    ) -> ScriptCall {
        return ScriptCall(
            script: auditQueueScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.recent, keys.meta, keys.wake],
            arguments: []
        )
    }

    /// The text of `audit_ready.lua`.
    package static let auditReadyScript = RedisScript(
        name: "audit_ready",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local ready = {KEYS[2], KEYS[3], KEYS[4], KEYS[5]}
local meta = KEYS[6]
local list = tonumber(ARGV[1])
local offset = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function audit_is_live(record, list)
  return record and #record >= 39 and string.byte(record, 2) == 114
    and math.floor((string.byte(record, 3) - 48) / 4) == list
end
local now_ms = clock_now()
local name = ready[list + 1]
offset, limit = math.max(offset, 0), math.max(1, math.min(limit, 500))
local ids = redis.call('LRANGE', name, -offset - limit, -offset - 1)
local marks = {}
if #ids > 0 then
  for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
    marks[index] = audit_is_live(record, list) and 'l' or 't'
  end
end
return { string.format('%d', now_ms), redis.call('LLEN', name), redis.call('HGET', meta, 'tomb:' .. list) or '0',
  redis.call('LINDEX', name, 0) or '', redis.call('LINDEX', name, -1) or '', ids, table.concat(marks) }
"""#,
        sha1: "0db17fbe30425b202ff514de746c91f71920db25",
        isReadOnly: true
    )

    /// Reads a slice of a ready list, counted from its end, and says which entries are live.
    ///
    /// The reply: now in ms, entries of the list, tombstones that `meta` counts, the first and the last entry or '', the slice's ids, for each of them l (live) or t (tombstone) in one text.
    package static func auditReady(
        jobs: String,
        ready: [String],
        meta: String,
        list: Int,
        offset: Int,
        limit: Int
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: auditReadyScript,
            keys: [jobs] + ready + [meta],
            arguments: [list.scriptBytes, offset.scriptBytes, limit.scriptBytes]
        )
    }

    /// Reads a slice of a ready list, counted from its end, and says which entries are live.
    ///
    /// The reply: now in ms, entries of the list, tombstones that `meta` counts, the first and the last entry or '', the slice's ids, for each of them l (live) or t (tombstone) in one text.
    package static func auditReady(
        _ keys: QueueKeys,
        list: Int,
        offset: Int,
        limit: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: auditReadyScript,
            keys: [keys.jobs] + keys.ready + [keys.meta],
            arguments: [list.scriptBytes, offset.scriptBytes, limit.scriptBytes]
        )
    }

    /// The text of `audit_records.lua`.
    package static let auditRecordsScript = RedisScript(
        name: "audit_records",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local big = KEYS[2]
local delayed = KEYS[3]
local leases = KEYS[4]
local errors = KEYS[5]
local progress = KEYS[6]
local cancelling = KEYS[7]
local unique = KEYS[8]
local kept = KEYS[9]
local dead = KEYS[10]
local meta = KEYS[11]
local cursor = ARGV[1]
local limit = tonumber(ARGV[2])
local since_ms = tonumber(ARGV[3])
local ids_from = 4
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function audit_note(wrong, code, id, first, second)
  local at = #wrong
  wrong[at + 1], wrong[at + 2], wrong[at + 3], wrong[at + 4] = code, id, first or '', second or ''
end
local function audit_place(record)
  local state, at_ms = string.sub(record, 2, 2), struct.unpack('>I6', record, 18)
  if state == 'd' then
    return 'delayed', at_ms
  elseif state == 'x' then
    return 'dead', at_ms
  elseif state == 'r' or state == 'n' then
    return nil
  end
  local _, _, keep_ms, window_ms = record_options(record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    keep_ms = math.max(keep_ms, 60000)
  end
  return 'kept', at_ms + math.max(keep_ms, window_ms)
end
local function audit_miscounted(record)
  local state, _, _, attempt, crashes = record_head(record)
  local most = struct.unpack('>I2', record, 10)
  if state == 'n' then
    return attempt == 0 or crashes >= attempt or (most > 0 and attempt > most)
  end
  return crashes > attempt or ((state == 'd' or state == 'r') and most > 0 and attempt >= most)
end
local function audit_notes(key, id, record, wrong)
  local state, _, flags = record_head(record)
  local more = string.byte(record, 5)
  if bit.band(flags, 32) ~= 0 then
    local announced = struct.unpack('>I4', record, record_fields_end(record) + 1)
    local found = redis.call('HSTRLEN', key.big, id)
    if found ~= announced then
      audit_note(wrong, 'payload', id, tostring(announced), tostring(found))
    end
  end
  if bit.band(more, 4) ~= 0 and redis.call('HEXISTS', key.big, id .. ':r') == 0 then
    audit_note(wrong, 'result', id)
  end
  if bit.band(flags, 4) ~= 0 and redis.call('HEXISTS', key.errors, id) == 0 then
    audit_note(wrong, 'unnoted', id, 'errors')
  end
  if bit.band(flags, 8) ~= 0 and redis.call('HEXISTS', key.progress, id) == 0 then
    audit_note(wrong, 'unnoted', id, 'progress')
  end
  if bit.band(flags, 2) ~= 0 then
    if state ~= 'n' then
      audit_note(wrong, 'flagged', id)
    elseif redis.call('HEXISTS', key.cancelling, id) == 0 then
      audit_note(wrong, 'unnoted', id, 'cancelling')
    end
  end
  if bit.band(flags, 64) ~= 0 and (state == 'd' or state == 'r' or state == 'n') then
    local name = record_field(record, 'u') or ''
    local owner = redis.call('HGET', key.unique, name)
    if owner ~= id then
      audit_note(wrong, 'unheld', id, name, owner or '')
    end
  end
end
local function audit_job(key, id, record, now_ms, last_fence, wrong)
  local damage = record_damage(record)
  if damage then
    audit_note(wrong, 'damaged', id, damage)
    return false
  end
  local state = string.sub(record, 2, 2)
  local index, score = audit_place(record)
  if index then
    local found = redis.call('ZSCORE', key[index], id)
    if not found then
      audit_note(wrong, 'unindexed', id, index)
    elseif tonumber(found) ~= score then
      audit_note(wrong, 'score', id, index, found)
    end
  elseif state == 'n' and not redis.call('ZSCORE', key.leases, record_lease(id, record)) then
    audit_note(wrong, 'unleased', id)
  end
  local fence = struct.unpack('>I7', record, 24)
  if fence > last_fence then
    audit_note(wrong, 'fence', id, string.format('%d', fence))
  end
  if audit_miscounted(record) then
    audit_note(wrong, 'miscounted', id, tostring((struct.unpack('>I2', record, 6))), tostring(string.byte(record, 8)))
  end
  local enqueued_ms, at_ms = struct.unpack('>I6I6', record, 12)
  if math.max(enqueued_ms, state == 'd' and 0 or at_ms) > now_ms + 5000 then
    audit_note(wrong, 'future', id)
  end
  audit_notes(key, id, record, wrong)
  return true
end
local function slice_hash(name, cursor, limit, step)
  local flat, bytes = {}, 0
  for _ = 1, limit do
    local page = redis.call('HSCAN', name, cursor, 'COUNT', step)
    cursor = page[1]
    for _, part in ipairs(page[2]) do
      flat[#flat + 1] = part
      bytes = bytes + #part
    end
    if cursor == '0' or #flat >= 2 * limit or bytes >= 262144 then
      break
    end
  end
  return cursor, flat
end
local key = { jobs = jobs, big = big, delayed = delayed, leases = leases, errors = errors, progress = progress,
  cancelling = cancelling, unique = unique, kept = kept, dead = dead }
local now_ms = clock_now()
local last_fence = tonumber(redis.call('HGET', meta, 'fence')) or 0
local flat = {}
if #ARGV >= ids_from then
  for at = ids_from, #ARGV do
    local record = redis.call('HGET', jobs, ARGV[at])
    if record then
      flat[#flat + 1] = ARGV[at]
      flat[#flat + 1] = record
    end
  end
  cursor = '0'
else
  cursor, flat = slice_hash(jobs, cursor, math.min(limit, 500), 10)
end
local waiting, wrong = {}, {}
for at = 1, #flat, 2 do
  local id, record = flat[at], flat[at + 1]
  if audit_job(key, id, record, now_ms, last_fence, wrong) and string.byte(record, 2) == 114 then
    local at_ms = struct.unpack('>I6', record, 18)
    if at_ms < since_ms then
      local _, list = record_head(record)
      waiting[#waiting + 1] = id
      waiting[#waiting + 1] = list
      waiting[#waiting + 1] = string.format('%d', at_ms)
    end
  end
end
return { string.format('%d', now_ms), cursor, #flat / 2, waiting, wrong }
"""#,
        sha1: "03e3342c097ff26d7cf94a318a8fa3f6fff1cc7d",
        isReadOnly: true
    )

    /// Checks a slice of a queue's records, or those of some jobs, against what they announce.
    ///
    /// The reply: now in ms, the next cursor ('0' at the end), records, ready jobs that were so before `since_ms` (id, list, ms) in one list, what is wrong (code, id, detail, detail) in one list.
    package static func auditRecords(
        jobs: String,
        big: String,
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        cursor: some ScriptArgument,
        limit: Int,
        sinceMs: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: auditRecordsScript,
            keys: [jobs, big, delayed, leases, errors, progress, cancelling, unique, kept, dead, meta],
            arguments: [cursor.scriptBytes, limit.scriptBytes, sinceMs.scriptBytes] + ids
        )
    }

    /// Checks a slice of a queue's records, or those of some jobs, against what they announce.
    ///
    /// The reply: now in ms, the next cursor ('0' at the end), records, ready jobs that were so before `since_ms` (id, list, ms) in one list, what is wrong (code, id, detail, detail) in one list.
    package static func auditRecords(
        _ keys: QueueKeys,
        cursor: some ScriptArgument,
        limit: Int,
        sinceMs: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: auditRecordsScript,
            keys: [keys.jobs, keys.big, keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta],
            arguments: [cursor.scriptBytes, limit.scriptBytes, sinceMs.scriptBytes] + ids
        )
    }

    /// The text of `await.lua`.
    package static let awaitScript = RedisScript(
        name: "await",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local errors = KEYS[3]
local id = ARGV[1]
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record = redis.call('HGET', jobs, id)
if not record then
  return { false, false, false }
end
local state, _, flags, attempt, crashes, returns = record_head(record)
if (state == 'd' or state == 'r' or state == 'n') and bit.band(flags, 1) == 0 then
  record = record_move(record, state, flags + 1, attempt, crashes, returns, struct.unpack('>I6', record, 18))
  redis.call('HSET', jobs, id, record)
end
local result = false
if bit.band(string.byte(record, 5), 4) ~= 0 then
  result = redis.call('HGET', big, id .. ':r')
end
return { record, result, bit.band(flags, 4) ~= 0 and redis.call('HGET', errors, id) }
"""#,
        sha1: "929f900ff2098293b9ce19cf2251da7fc66ca958"
    )

    /// Flags a job as awaited, and answers its record if it has ended.
    ///
    /// The reply: record or nil, result from `big` or nil, the last errors or nil.
    package static func await(
        jobs: String,
        big: String,
        errors: String,
        id: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: awaitScript,
            keys: [jobs, big, errors],
            arguments: [id.scriptBytes]
        )
    }

    /// Flags a job as awaited, and answers its record if it has ended.
    ///
    /// The reply: record or nil, result from `big` or nil, the last errors or nil.
    package static func await(
        _ keys: QueueKeys,
        id: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: awaitScript,
            keys: [keys.jobs, keys.big, keys.errors],
            arguments: [id.scriptBytes]
        )
    }

    /// The text of `beat.lua`.
    package static let beatScript = RedisScript(
        name: "beat",
        source: #"""
#!lua flags=allow-oom
local queues = KEYS[1]
local nodes = KEYS[2]
local node_details = KEYS[3]
local node = ARGV[1]
local details = ARGV[2]
local served_from = 3
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local now_ms = clock_now()
local silent = redis.call('ZRANGEBYSCORE', nodes, '-inf', now_ms - 86400000, 'LIMIT', 0, 20)
redis.call('ZADD', nodes, now_ms, node)
redis.call('HSET', node_details, node, details)
for at = served_from, #ARGV, 1000 do
  redis.call('SADD', queues, unpack(ARGV, at, math.min(at + 999, #ARGV))) -- at most 1000
end
for _, old in ipairs(silent) do
  if old ~= node then
    redis.call('ZREM', nodes, old)
    redis.call('HDEL', node_details, old)
  end
end
return 1
"""#,
        sha1: "42e828014156f726a342fbe90d1c3774950f66d6"
    )

    /// Says that a worker process is alive, and what it does.
    ///
    /// The reply: 1.
    package static func beat(
        queues: String,
        nodes: String,
        nodeDetails: String,
        node: some ScriptArgument,
        details: some ScriptArgument,
        served: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: beatScript,
            keys: [queues, nodes, nodeDetails],
            arguments: [node.scriptBytes, details.scriptBytes] + served
        )
    }

    /// The text of `cancel.lua`.
    package static let cancelScript = RedisScript(
        name: "cancel",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local delayed = KEYS[3]
local errors = KEYS[4]
local progress = KEYS[5]
local cancelling = KEYS[6]
local unique = KEYS[7]
local kept = KEYS[8]
local dead = KEYS[9]
local meta = KEYS[10]
local lane = KEYS[11]
local number = tonumber(ARGV[1])
local who = ARGV[2]
local states = ARGV[3]
local seen_ms = tonumber(ARGV[4])
local ids_from = 5
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local function record_meant(record, states, seen_ms)
  return (states == '' or string.find(states, string.sub(record, 2, 2), 1, true) ~= nil)
    and (seen_ms == 0 or struct.unpack('>I6', record, 12) <= seen_ms)
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'cancelled', 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
if #who > 128 then
  return limit_refusal('the name of who does it has at most 128 bytes')
end
local now_ms = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local codes, cancelled, tombs = {}, 0, {}
for list = 0, 3 do
  tombs[list + 1] = tonumber(state[3 + list]) or 0
end
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 'b' or 'm'
  if record and not record_damage(record) then
    local old, list, flags, attempt, crashes, returns = record_head(record)
    code = 'e'
    if (old == 'n' or old == 'r' or old == 'd') and not record_meant(record, states, seen_ms) then
      code = 's'
    elseif old == 'n' then
      code = 'f'
      record = record_move(record, 'n', bit.bor(flags, 2), attempt, crashes, returns, struct.unpack('>I6', record, 18))
      redis.call('HSET', jobs, id, record)
      redis.call('HSET', cancelling, id, string.format('%d', now_ms) .. ' ' .. who)
    elseif old == 'r' or old == 'd' then
      code = 'k'
      cancelled = cancelled + 1
      if old == 'd' then
        redis.call('ZREM', delayed, id)
      else
        tombs[list + 1] = tombs[list + 1] + 1
      end
      ending_close(key, id, record, 'k', now_ms, 'cancelled by ' .. who)
    end
  end
  codes[#codes + 1] = code
end
if cancelled > 0 then
  redis.call('HSET', meta, 'cancelled', (tonumber(state[2]) or 0) + cancelled, 'tomb:0', tombs[1], 'tomb:1', tombs[2],
    'tomb:2', tombs[3], 'tomb:3', tombs[4])
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
"""#,
        sha1: "ac9e9bf71e020f200c6ec6bafe8e9ad998d0d7c1"
    )

    /// Cancels jobs: waiting ones end at once, running ones are told to stop.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func cancel(
        jobs: String,
        big: String,
        delayed: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        lane: String,
        number: Int,
        who: some ScriptArgument,
        states: some ScriptArgument,
        seenMs: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: cancelScript,
            keys: [jobs, big, delayed, errors, progress, cancelling, unique, kept, dead, meta, lane],
            arguments: [number.scriptBytes, who.scriptBytes, states.scriptBytes, seenMs.scriptBytes] + ids
        )
    }

    /// Cancels jobs: waiting ones end at once, running ones are told to stop.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func cancel(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        who: some ScriptArgument,
        states: some ScriptArgument,
        seenMs: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: cancelScript,
            keys: [keys.jobs, keys.big, keys.delayed, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, lane],
            arguments: [number.scriptBytes, who.scriptBytes, states.scriptBytes, seenMs.scriptBytes] + ids
        )
    }

    /// The text of `configure.lua`.
    package static let configureScript = RedisScript(
        name: "configure",
        source: #"""
#!lua flags=allow-oom
local meta = KEYS[1]
local field = ARGV[1]
local value = ARGV[2]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_found(meta)
  redis.call('HSET', meta, 'schema', '1', 'sentinel', string.rep('-', 65))
end
local function queue_lease_before(before, lowered_until, now_ms)
  local lease_ms, until_ms = tonumber(before) or 0, tonumber(lowered_until) or 0
  return until_ms > now_ms and until_ms <= now_ms + lease_ms and lease_ms or 0
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local state = redis.call('HMGET', meta, 'schema', 'lease', 'lease_before', 'lease_lowered_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local most = ({ depth_limit = 1000000000, lease = 86400000 })[field]
local number = tonumber(value) or (value == '' and 0 or -1)
if not most or number < 0 or number > most then
  return limit_refusal('settings are a depth limit of at most 1,000,000,000 and a lease of at most 24 h')
end
local now_ms = clock_now()
local before = math.max(tonumber(state[2]) or 0, queue_lease_before(state[3], state[4], now_ms))
if not state[1] then
  queue_found(meta)
end
if field == 'lease' and before > (tonumber(value) or 0) then
  redis.call('HSET', meta, 'lease_before', before, 'lease_lowered_until', string.format('%d', now_ms + before))
end
if value == '' then
  redis.call('HDEL', meta, field)
else
  redis.call('HSET', meta, field, value)
end
return { 1 }
"""#,
        sha1: "379660e4254fb0fbbe9724dad6038f9dfc7d34bf"
    )

    /// Sets a queue's depth limit or lease length.
    ///
    /// The reply: 1 | -2 schema.
    package static func configure(
        meta: String,
        field: some ScriptArgument,
        value: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: configureScript,
            keys: [meta],
            arguments: [field.scriptBytes, value.scriptBytes]
        )
    }

    /// Sets a queue's depth limit or lease length.
    ///
    /// The reply: 1 | -2 schema.
    package static func configure(
        _ keys: QueueKeys,
        field: some ScriptArgument,
        value: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: configureScript,
            keys: [keys.meta],
            arguments: [field.scriptBytes, value.scriptBytes]
        )
    }

    /// The text of `confirm.lua`.
    package static let confirmScript = RedisScript(
        name: "confirm",
        source: #"""
#!lua flags=allow-oom
local lane = KEYS[1]
local number = tonumber(ARGV[1])
local kept = redis.call('GET', lane)
if not kept or tonumber(string.match(kept, '^%d+')) < number then
  return 0
end
redis.call('PEXPIRE', lane, 600000)
return 1
"""#,
        sha1: "ab290ab4b9c0a1e75db25c0c9d1e2da750329d9b"
    )

    /// Writes something behind a lane's call, for WAIT or WAITAOF to wait for, if the call is known here.
    ///
    /// The reply: 1 | 0 the call is not known here: a failover lost it, or its lane is gone.
    package static func confirm(
        lane: String,
        number: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: confirmScript,
            keys: [lane],
            arguments: [number.scriptBytes]
        )
    }

    /// The text of `enqueue.lua`.
    package static let enqueueScript = RedisScript(
        name: "enqueue",
        source: #"""
#!lua
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local errors = KEYS[8]
local progress = KEYS[9]
local cancelling = KEYS[10]
local unique = KEYS[11]
local kept = KEYS[12]
local dead = KEYS[13]
local meta = KEYS[14]
local wake = KEYS[15]
local lane = KEYS[16]
local number = tonumber(ARGV[1])
local entries_from = 2
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function clock_due(now_ms, now_us, delay_ms)
  return delay_ms > 0 and math.ceil(now_us / 1000) + delay_ms or now_ms
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local function record_expired(record, now_ms)
  if bit.band(string.byte(record, 5), 32) == 0 or struct.unpack('>I2', record, 6) > 0 then
    return false
  end
  local expires_ms = record_options(record)
  return expires_ms > 0 and now_ms >= expires_ms
end
local function record_holds(record, now_ms)
  local state = string.sub(record, 2, 2)
  if state == 'd' or state == 'r' or state == 'n' then
    return true
  end
  local _, _, _, window_ms = record_options(record)
  return struct.unpack('>I6', record, 18) + window_ms > now_ms
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_found(meta)
  redis.call('HSET', meta, 'schema', '1', 'sentinel', string.rep('-', 65))
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function queue_next_due(delayed, now_us)
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if not first[2] then
    return -1
  end
  return math.max(0, tonumber(first[2]) * 1000 - now_us)
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local function limit_is_queue(name)
  return name and #name > 0 and #name <= 64 and not string.find(name, '[^a-z0-9._-]')
end
local function intake_has_excess_tags(record)
  local tags, count, at = record_field(record, 't') or '', 0, 1
  while at <= #tags do
    local name = string.byte(tags, at)
    local value = struct.unpack('>I2', tags, at + 1 + name)
    count, at = count + 1, at + 3 + name + value
    if count > 16 or name == 0 or name > 128 or value > 128 then
      return true
    end
  end
  return false
end
local function intake_excess(entries)
  if not entries then
    return 'a record is whole'
  elseif #entries > 500 then
    return 'a call has at most 500 jobs'
  end
  local bytes = 0
  for _, entry in ipairs(entries) do
    local record, id, big, key = entry.record, entry.id, entry.big, entry.key
    if #id == 0 or #id > 64 or string.find(id, '[^%w._-]') then
      return 'a job id has 1 to 64 characters of A-Z, a-z, 0-9, ".", "_" and "-"'
    end
    local format, _, _, flags, more = string.byte(record, 1, 5)
    local high, low, name = string.byte(record, 37, 39)
    local stop, start = 38 + high * 256 + low, 39 + name + (more % 32 >= 16 and 21 or 0)
    local rest = #record - stop
    local is_big = flags % 64 >= 32
    if format ~= 1 or rest < 0 or start > stop or is_big and (rest ~= 4 or not big) then
      return 'a record is whole'
    end
    if name == 0 or name > 128 then
      return 'a name has 1 to 128 bytes'
    end
    if rest > 512 or big and (#big > 16777216 or #big ~= struct.unpack('>I4', record, stop + 1)) then
      return 'a payload has at most 512 bytes in the record and 16 MiB beside it'
    end
    if key and (#key == 0 or #key > 256) then
      return 'a unique key has 1 to 256 bytes'
    end
    if start < stop and intake_has_excess_tags(record) then
      return 'a job has at most 16 tags, names and values of at most 128 bytes'
    end
    bytes = bytes + #record + (big and #big or 0)
  end
  return bytes > 1048576 and #entries > 1 and 'a call of several jobs has at most 1 MiB' or nil
end
local function intake_parse(arguments, from)
  local entries, at, last = {}, from, #arguments
  while at <= last do
    local head, count = arguments[at], tonumber(arguments[at + 1])
    if #head ~= 39 or not count then
      return nil
    end
    local flags = string.byte(head, 4)
    at = at + 2
    for _ = 1, count do
      if at >= last then
        return nil
      end
      local entry = { id = arguments[at], record = head .. arguments[at + 1] }
      at = at + 2
      if bit.band(flags, 64) ~= 0 then
        entry.key, entry.policy = arguments[at], arguments[at + 1]
        at = at + 2
      end
      if bit.band(flags, 32) ~= 0 then
        entry.big = arguments[at]
        at = at + 1
      end
      entries[#entries + 1] = entry
    end
  end
  return entries
end
local function intake_look(key, entries)
  local ids, names, keyed = {}, {}, {}
  for index, entry in ipairs(entries) do
    ids[index] = entry.id
    if entry.key then
      names[#names + 1] = entry.key
      keyed[#keyed + 1] = entry
    end
  end
  if #ids == 0 then
    return
  end
  for index, record in ipairs(redis.call('HMGET', key.jobs, unpack(ids))) do -- at most 500
    entries[index].present = record
  end
  if #names == 0 then
    return
  end
  local owners = redis.call('HMGET', key.unique, unpack(names)) -- at most 500
  local held_by, holding = {}, {}
  for index, owner in ipairs(owners) do
    if owner then
      keyed[index].owner = owner
      held_by[#held_by + 1] = owner
      holding[#holding + 1] = keyed[index]
    end
  end
  if #held_by > 0 then
    for index, record in ipairs(redis.call('HMGET', key.jobs, unpack(held_by))) do -- at most 500
      holding[index].owned = record
    end
  end
end
local function intake_stands(record, now_ms)
  local state, _, flags = record_head(record)
  if state ~= 'c' and state ~= 'k' then
    return true
  end
  local _, _, keep_ms, window_ms = record_options(record)
  if bit.band(flags, 1) ~= 0 then
    keep_ms = math.max(keep_ms, 60000)
  end
  return struct.unpack('>I6', record, 18) + math.max(keep_ms, window_ms) > now_ms
end
local function intake_overdue(record, now_ms)
  local state = string.sub(record, 2, 2)
  return (state == 'd' or state == 'r') and record_expired(record, now_ms)
end
local function intake_lingers(record)
  local _, _, keep_ms, window_ms = record_options(record)
  return keep_ms > 0 or window_ms > 0 or bit.band(string.byte(record, 4), 1) ~= 0
end
local function intake_settle(record, now_ms, now_us)
  local more, due_ms = string.byte(record, 5), struct.unpack('>I6', record, 18)
  if bit.band(more, 1) == 0 then
    due_ms = clock_due(now_ms, now_us, due_ms)
  end
  local is_due = due_ms <= now_ms
  local at = 40 + string.byte(record, 39)
  if bit.band(more, 32) ~= 0 and bit.band(more, 2) == 0 then
    local expires_ms = now_ms + struct.unpack('>I6', record, at)
    record = string.sub(record, 1, at - 1) .. struct.pack('>I6', expires_ms) .. string.sub(record, at + 6)
  end
  record = string.sub(record, 1, 1) .. (is_due and 'r' or 'd') .. string.sub(record, 3, 4)
    .. string.char(bit.band(more, 252)) .. string.sub(record, 6, 11)
    .. struct.pack('>I6I6', now_ms, is_due and now_ms or due_ms) .. string.sub(record, 24)
  return record, not is_due and due_ms
end
local function intake_replace(old, fresh, now_ms, now_us)
  local settled = intake_settle(fresh, now_ms, now_us)
  local flags = bit.bor(string.byte(settled, 4), bit.band(string.byte(old, 4), 1))
  local record = string.sub(settled, 1, 1) .. string.sub(old, 2, 3) .. string.char(flags) .. string.sub(settled, 5, 11)
    .. string.sub(old, 12, 23) .. string.sub(settled, 24)
  local revived = record_field(old, 'e')
  return revived and record_add(record, 'e', revived) or record
end
local function intake_unplan_big(plan, id)
  for at = #plan.big - 1, 1, -2 do
    if plan.big[at] == id then
      table.remove(plan.big, at + 1)
      table.remove(plan.big, at)
    end
  end
end
local function intake_plan()
  return { freed = {}, expired = {}, replaced = {}, ready = { {}, {}, {}, {} }, delayed = {}, jobs = {}, big = {},
    unique = {}, added = 0, is_ready = false }
end
local function intake_decide(entries, now_ms, now_us, room)
  local plan = intake_plan()
  local codes, holders, taken, owner_of, place_of = {}, {}, {}, {}, {}
  for index, entry in ipairs(entries) do
    local code, holder, target = 'n', nil, nil
    local present = entry.present
    local is_free = not present
    if present and not taken[entry.id] and not record_damage(present) then
      if plan.expired[entry.id] or intake_overdue(present, now_ms) then
        plan.expired[entry.id] = present
        is_free = not intake_lingers(present)
      elseif not intake_stands(present, now_ms) then
        plan.freed[entry.id] = present
        is_free = true
      end
    end
    if taken[entry.id] or not is_free then
      code, holder = 'e', entry.id
    elseif entry.key then
      local owner, owned, is_over = owner_of[entry.key] or entry.owner, entry.owned, false
      if owner_of[entry.key] or plan.replaced[owner] then
        owned = plan.jobs[place_of[owner] + 1]
      elseif owned and record_damage(owned) then
        is_over = true
      elseif owned and (plan.freed[owner] or not record_holds(owned, now_ms)) then
        owned = nil
      elseif owned and (plan.expired[owner] or intake_overdue(owned, now_ms)) then
        plan.expired[owner], is_over = owned, true
        local _, _, _, window_ms = record_options(owned)
        owned = window_ms > 0 and owned
      end
      if owned then
        holder = owner
        local state = string.sub(owned, 2, 2)
        if entry.policy == 'e' then
          code = 'e'
        elseif entry.policy == 'p' and not is_over and (state == 'r' or state == 'd') then
          code, target = 'p', owned
        else
          code = 'r'
        end
      end
    end
    local carrier = code == 'n' and entry.id or holder
    local sealed_for = entry.policy == 'p' and (code == 'n' or code == 'p') and record_field(entry.record, 'i')
    if sealed_for and sealed_for ~= carrier then
      code, holder = 's', carrier
    end
    if code == 'n' and plan.added >= room then
      code = 'f'
    elseif code == 'n' then
      local record, due_ms = intake_settle(entry.record, now_ms, now_us)
      local list = math.floor((string.byte(record, 3) - 48) / 4)
      plan.added = plan.added + 1
      taken[entry.id] = true
      place_of[entry.id] = #plan.jobs + 1
      plan.jobs[#plan.jobs + 1] = entry.id
      plan.jobs[#plan.jobs + 1] = record
      if due_ms then
        plan.delayed[#plan.delayed + 1] = string.format('%d', due_ms)
        plan.delayed[#plan.delayed + 1] = entry.id
        plan.soonest = math.min(plan.soonest or due_ms, due_ms)
      else
        plan.ready[list + 1][#plan.ready[list + 1] + 1] = entry.id
        plan.is_ready = true
      end
      if entry.key then
        owner_of[entry.key] = entry.id
        plan.unique[#plan.unique + 1] = entry.key
        plan.unique[#plan.unique + 1] = entry.id
      end
      holder = entry.id
    elseif code == 'p' then
      if not taken[holder] then
        plan.replaced[holder] = target
        taken[holder] = true
        place_of[holder] = #plan.jobs + 1
        plan.jobs[#plan.jobs + 1] = holder
      end
      intake_unplan_big(plan, holder)
      plan.jobs[place_of[holder] + 1] = intake_replace(target, entry.record, now_ms, now_us)
    end
    if entry.big and (code == 'n' or code == 'p') then
      plan.big[#plan.big + 1] = holder
      plan.big[#plan.big + 1] = entry.big
    end
    codes[index] = code
    if code == 'e' or code == 'r' or code == 'p' or code == 's' then
      holders[#holders + 1] = holder
    end
  end
  return table.concat(codes), holders, plan
end
local function plain_shape(head, now_ms, now_us)
  if #head ~= 39 then
    return nil
  end
  local format, _, place, flags, more = string.byte(head, 1, 5)
  local high, low, name = string.byte(head, 37, 39)
  local stop, start = 38 + high * 256 + low, 39 + name + (more % 32 >= 16 and 21 or 0)
  if format ~= 1 or bit.band(flags, 96) ~= 0 or bit.band(more, 32) ~= 0 or name == 0 or name > 128 or start > stop
    or place < 48 or place > 63 then
    return nil
  end
  local settled, due_ms = intake_settle(head, now_ms, now_us)
  return { head = settled, due_ms = due_ms, list = math.floor((place - 48) / 4) + 1, fields = stop - 39,
    has_tags = start < stop }
end
local function plain_add(plan, shape, arguments, at, count, ids, seen)
  local find, head, fields, due_ms = string.find, shape.head, shape.fields, shape.due_ms
  local target = due_ms and plan.delayed or plan.ready[shape.list]
  local jobs, place, index, bytes = plan.jobs, #target, #ids, 0
  local due = due_ms and string.format('%d', due_ms)
  for next = at, at + 2 * count - 2, 2 do
    local id, rest = arguments[next], arguments[next + 1]
    if not rest or seen[id] or #id > 64 or not find(id, '^%w+$') and (#id == 0 or find(id, '[^%w._-]'))
      or #rest < fields or #rest - fields > 512 or shape.has_tags and intake_has_excess_tags(head .. rest) then
      return false
    end
    seen[id] = true
    index = index + 1
    ids[index] = id
    jobs[2 * index - 1], jobs[2 * index] = id, head .. rest
    if due then
      place = place + 1
      target[place] = due
    end
    place = place + 1
    target[place] = id
    bytes = bytes + #rest
  end
  plan.bytes = plan.bytes + bytes
  if due_ms then
    plan.soonest = math.min(plan.soonest or due_ms, due_ms)
  else
    plan.is_ready = true
  end
  return true
end
local function plain_plan(jobs, arguments, from, now_ms, now_us)
  local plan, ids, seen, at, last = intake_plan(), {}, {}, from, #arguments
  plan.bytes = 0
  while at < last do
    local shape, count = plain_shape(arguments[at], now_ms, now_us), tonumber(arguments[at + 1]) or 0
    if not shape or count < 1 or count > 500 or not plain_add(plan, shape, arguments, at + 2, count, ids, seen) then
      return nil
    end
    at = at + 2 + 2 * count
  end
  if at ~= last + 1 or #ids == 0 or #ids > 500 or plan.bytes > 1000000 then
    return nil
  end
  for _, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
    if record then
      return nil
    end
  end
  plan.added = #ids
  return string.rep('n', #ids), plan
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  local codes, holders = string.match(note, '^(%a*) ?(.*)$')
  local names = {}
  for name in string.gmatch(holders, '[^ ]+') do
    names[#names + 1] = name
  end
  return { 1, codes, names }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'depth_limit', 'paused_until', 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3',
  'enqueued', 'expired')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local first_due = queue_next_due(delayed, now_us)
local codes, plan, holders = nil, nil, {}
if state[1] and not state[2] then
  codes, plan = plain_plan(jobs, ARGV, entries_from, now_ms, now_us)
end
if not plan then
  local entries = intake_parse(ARGV, entries_from)
  local excess = intake_excess(entries)
  if not excess and not state[1] and not limit_is_queue(string.match(meta, '^{[^:]*:(.*)}:meta$')) then
    excess = 'the name of a queue has 1 to 64 characters of a-z, 0-9, ".", "_" and "-"'
  end
  if excess then
    return limit_refusal(excess)
  end
  intake_look(key, entries)
  local room, room_all = math.huge, math.huge
  if state[2] then
    local live = redis.call('ZCARD', delayed)
    for list = 0, 3 do
      live = live + redis.call('LLEN', ready[list + 1])
    end
    room_all = 2 * tonumber(state[2]) - live
    for list = 0, 3 do
      live = live - (tonumber(state[4 + list]) or 0)
    end
    room = tonumber(state[2]) - live
  end
  codes, holders, plan = intake_decide(entries, now_ms, now_us, math.min(room, room_all))
end
if not state[1] then
  queue_found(meta)
end
for id, record in pairs(plan.freed) do
  ending_forget(key, id, record)
  redis.call('ZREM', kept, id)
end
local tombs = { 0, 0, 0, 0 }
for id, record in pairs(plan.expired) do
  local old, list = record_head(record)
  if old == 'd' then
    redis.call('ZREM', delayed, id)
  else
    tombs[list + 1] = tombs[list + 1] + 1
  end
  ending_close(key, id, record, 'k', now_ms, 'expired')
end
for id, old in pairs(plan.replaced) do
  if bit.band(string.byte(old, 4), 32) ~= 0 then
    redis.call('HDEL', big, id)
  end
  if bit.band(string.byte(old, 4), 4) ~= 0 then
    redis.call('HDEL', errors, id)
  end
  if bit.band(string.byte(old, 4), 8) ~= 0 then
    redis.call('HDEL', progress, id)
  end
end
for list = 1, 4 do
  if #plan.ready[list] > 0 then
    redis.call('RPUSH', ready[list], unpack(plan.ready[list])) -- at most 500
  end
end
if #plan.delayed > 0 then
  redis.call('ZADD', delayed, unpack(plan.delayed)) -- at most 1000
end
if #plan.jobs > 0 then
  redis.call('HSET', jobs, unpack(plan.jobs)) -- at most 1000
end
if #plan.big > 0 then
  redis.call('HSET', big, unpack(plan.big)) -- at most 1000
end
if #plan.unique > 0 then
  if redis.call('HLEN', unique) == 0 then
    redis.call('HSET', unique, '', string.rep('-', 65))
  end
  redis.call('HSET', unique, unpack(plan.unique)) -- at most 1000
end
local counts = { 'enqueued', (tonumber(state[8]) or 0) + plan.added }
for list = 0, 3 do
  if tombs[list + 1] > 0 then
    counts[#counts + 1] = 'tomb:' .. list
    counts[#counts + 1] = (tonumber(state[4 + list]) or 0) + tombs[list + 1]
  end
end
if next(plan.expired) then
  local ended = 0
  for _ in pairs(plan.expired) do
    ended = ended + 1
  end
  counts[#counts + 1] = 'expired'
  counts[#counts + 1] = (tonumber(state[9]) or 0) + ended
end
redis.call('HSET', meta, unpack(counts)) -- at most 14
local is_sooner = plan.soonest and (first_due < 0 or plan.soonest * 1000 - now_us < first_due)
if (plan.is_ready or is_sooner) and not queue_paused(state[3], now_ms) then
  queue_wake(wake, now_ms)
end
lane_note(lane, number, codes .. ' ' .. table.concat(holders, ' '))
return { 1, codes, holders }
"""#,
        sha1: "1a144a4d8282a3f56d4e07596bec8396a75277a1"
    )

    /// Adds jobs, each at most once however often the call is repeated.
    ///
    /// The reply: 1, a code per entry, the ids that hold what was asked for (one per code but n and f) | -1 lane lost | -2 schema.
    package static func enqueue(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        wake: String,
        lane: String,
        number: Int,
        entries: [[UInt8]] = []
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: enqueueScript,
            keys: [jobs, big] + ready + [delayed, errors, progress, cancelling, unique, kept, dead, meta, wake, lane],
            arguments: [number.scriptBytes] + entries
        )
    }

    /// Adds jobs, each at most once however often the call is repeated.
    ///
    /// The reply: 1, a code per entry, the ids that hold what was asked for (one per code but n and f) | -1 lane lost | -2 schema.
    package static func enqueue(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        entries: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: enqueueScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, keys.wake, lane],
            arguments: [number.scriptBytes] + entries
        )
    }

    /// The text of `fail.lua`.
    package static let failScript = RedisScript(
        name: "fail",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local delayed = KEYS[3]
local leases = KEYS[4]
local errors = KEYS[5]
local progress = KEYS[6]
local cancelling = KEYS[7]
local unique = KEYS[8]
local kept = KEYS[9]
local dead = KEYS[10]
local meta = KEYS[11]
local wake = KEYS[12]
local lane = KEYS[13]
local number = tonumber(ARGV[1])
local max_crashes = tonumber(ARGV[2])
local failures_from = 3
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function clock_due(now_ms, now_us, delay_ms)
  return delay_ms > 0 and math.ceil(now_us / 1000) + delay_ms or now_ms
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function ending_bury(key, id, record, now_ms, reason)
  local _, _, _, window_ms = record_options(record)
  ending_tell(key, id, record)
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  redis.call('HSET', key.jobs, id, ending_record(key, id, record, 'x', now_ms, reason))
  redis.call('ZADD', key.dead, now_ms, id)
end
local function failure_add(log, now_ms, attempt, kind, text)
  log = (log or '') .. struct.pack('>I6I2', now_ms, attempt) .. kind .. struct.pack('>I2', #text) .. text
  local starts, at = {}, 1
  while at + 10 <= #log do
    starts[#starts + 1] = at
    at = at + 11 + struct.unpack('>I2', log, at + 9)
  end
  if #starts > 5 then
    log = string.sub(log, starts[#starts - 4])
  end
  return log
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function queue_next_due(delayed, now_us)
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if not first[2] then
    return -1
  end
  return math.max(0, tonumber(first[2]) * 1000 - now_us)
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'failed', 'retried', 'died', 'cancelled', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local first_due = queue_next_due(delayed, now_us)
local codes, found, seen = {}, {}, {}
if (#ARGV - failures_from + 1) % 6 ~= 0 then
  return redis.error_reply('ERR a failure has 6 arguments')
end
if #ARGV - failures_from + 1 > 3000 then
  return limit_refusal('a call ends at most 500 attempts')
end
for at = failures_from, #ARGV, 6 do
  if #ARGV[at + 5] > 4096 then
    return limit_refusal('an error text has at most 4 KiB')
  end
end
for at = failures_from, #ARGV, 6 do
  local id = ARGV[at]
  local record = not seen[id] and redis.call('HGET', jobs, id)
  if record and string.byte(record, 2) == 110 and record_lease(id, record) == ARGV[at + 1]
    and not record_damage(record) then
    seen[id] = true
    found[#found + 1] = { at, record }
    codes[#codes + 1] = '?'
  else
    codes[#codes + 1] = 'l'
  end
end
local retried, died, cancelled, soonest = 0, 0, 0, nil
for _, failure in ipairs(found) do
  local at, record = failure[1], failure[2]
  local id, member, action, delay_ms = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]) or 0
  local kind, text = string.sub(ARGV[at + 4] .. 'e', 1, 1), ARGV[at + 5]
  local _, _, flags, attempt, crashes, returns = record_head(record)
  local max_attempts = struct.unpack('>I2', record, 10)
  local index = (at - failures_from) / 6 + 1
  redis.call('ZREM', leases, member)
  if kind == 'c' then
    crashes = math.min(crashes + 1, 255)
  end
  redis.call('HSET', errors, id, failure_add(redis.call('HGET', errors, id), now_ms, attempt, kind, text))
  record = record_move(record, 'n', bit.bor(flags, 4), attempt, crashes, returns, struct.unpack('>I6', record, 18))
  if bit.band(flags, 2) ~= 0 then
    ending_close(key, id, record, 'k', now_ms, 'cancelled')
    cancelled = cancelled + 1
    codes[index] = 'k'
  elseif action == 'd' or (max_attempts > 0 and attempt >= max_attempts)
    or (kind == 'c' and crashes >= max_crashes) then
    local reason = text
    if action ~= 'd' then
      local is_crash = kind == 'c' and crashes >= max_crashes
      reason = (is_crash and 'crashed too often: ' or 'no attempts left: ') .. text
    end
    ending_bury(key, id, record, now_ms, reason)
    died = died + 1
    codes[index] = 'd'
  else
    local due_ms = clock_due(now_ms, now_us, delay_ms)
    redis.call('HSET', jobs, id, record_move(record, 'd', bit.bor(flags, 4), attempt, crashes, returns, due_ms))
    redis.call('ZADD', delayed, string.format('%d', due_ms), id)
    retried = retried + 1
    soonest = math.min(soonest or due_ms, due_ms)
    codes[index] = 'r'
  end
end
redis.call('HSET', meta, 'failed', (tonumber(state[2]) or 0) + #found, 'retried', (tonumber(state[3]) or 0) + retried,
  'died', (tonumber(state[4]) or 0) + died, 'cancelled', (tonumber(state[5]) or 0) + cancelled)
if soonest and (first_due < 0 or soonest * 1000 - now_us < first_due) and not queue_paused(state[6], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
"""#,
        sha1: "4115c0fae6117517a05341dbbe09de23fb2070fc"
    )

    /// Ends attempts that failed: back off for another, or dead.
    ///
    /// The reply: 1, a code per failure | -1 lane lost | -2 schema.
    package static func fail(
        jobs: String,
        big: String,
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        wake: String,
        lane: String,
        number: Int,
        maxCrashes: Int,
        failures: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: failScript,
            keys: [jobs, big, delayed, leases, errors, progress, cancelling, unique, kept, dead, meta, wake, lane],
            arguments: [number.scriptBytes, maxCrashes.scriptBytes] + failures
        )
    }

    /// Ends attempts that failed: back off for another, or dead.
    ///
    /// The reply: 1, a code per failure | -1 lane lost | -2 schema.
    package static func fail(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        maxCrashes: Int,
        failures: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: failScript,
            keys: [keys.jobs, keys.big, keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, keys.wake, lane],
            arguments: [number.scriptBytes, maxCrashes.scriptBytes] + failures
        )
    }

    /// The text of `inspect.lua`.
    package static let inspectScript = RedisScript(
        name: "inspect",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local ready = {KEYS[2], KEYS[3], KEYS[4], KEYS[5]}
local delayed = KEYS[6]
local leases = KEYS[7]
local kept = KEYS[8]
local dead = KEYS[9]
local cancelling = KEYS[10]
local meta = KEYS[11]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local now_ms = clock_now()
local heads = {}
for list = 1, 4 do
  local id = redis.call('LINDEX', ready[list], 0)
  heads[2 * list - 1] = id
  heads[2 * list] = id and redis.call('HGET', jobs, id)
end
return { string.format('%d', now_ms),
  { redis.call('LLEN', ready[1]), redis.call('LLEN', ready[2]), redis.call('LLEN', ready[3]),
    redis.call('LLEN', ready[4]) },
  redis.call('ZCARD', delayed), redis.call('ZCARD', leases), redis.call('ZCARD', kept), redis.call('ZCARD', dead),
  redis.call('HLEN', cancelling), redis.call('HGETALL', meta), heads,
  redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES') }
"""#,
        sha1: "8f72e00f45e2e1331d8b448f3862212282166b3e",
        isReadOnly: true
    )

    /// Reads a queue's counts and settings.
    ///
    /// The reply: now in ms, entries of the 4 ready lists, delayed, running, kept, dead, cancelling, meta as a flat list, head of each ready list (id, record or nil), next due id and ms.
    package static func inspect(
        jobs: String,
        ready: [String],
        delayed: String,
        leases: String,
        kept: String,
        dead: String,
        cancelling: String,
        meta: String
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: inspectScript,
            keys: [jobs] + ready + [delayed, leases, kept, dead, cancelling, meta],
            arguments: []
        )
    }

    /// Reads a queue's counts and settings.
    ///
    /// The reply: now in ms, entries of the 4 ready lists, delayed, running, kept, dead, cancelling, meta as a flat list, head of each ready list (id, record or nil), next due id and ms.
    package static func inspect(
        _ keys: QueueKeys
    ) -> ScriptCall {
        return ScriptCall(
            script: inspectScript,
            keys: [keys.jobs] + keys.ready + [keys.delayed, keys.leases, keys.kept, keys.dead, keys.cancelling, keys.meta],
            arguments: []
        )
    }

    /// The text of `leave.lua`.
    package static let leaveScript = RedisScript(
        name: "leave",
        source: #"""
#!lua flags=allow-oom
local nodes = KEYS[1]
local node_details = KEYS[2]
local node = ARGV[1]
redis.call('ZREM', nodes, node)
redis.call('HDEL', node_details, node)
return 1
"""#,
        sha1: "2474e818d8ec8f3eacef0894baa94baf11d9a714"
    )

    /// Takes a worker process that ends in order out of the registry.
    ///
    /// The reply: 1.
    package static func leave(
        nodes: String,
        nodeDetails: String,
        node: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: leaveScript,
            keys: [nodes, nodeDetails],
            arguments: [node.scriptBytes]
        )
    }

    /// The text of `log.lua`.
    package static let logScript = RedisScript(
        name: "log",
        source: #"""
#!lua
local leases = KEYS[1]
local log = KEYS[2]
local member = ARGV[1]
local attempt = ARGV[2]
local first = tonumber(ARGV[3])
local max_lines = tonumber(ARGV[4])
local ttl_ms = tonumber(ARGV[5])
local lines_from = 6
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
if #ARGV - lines_from + 1 > 1000 or max_lines > 1000 or ttl_ms > 86400000 then
  return limit_refusal('a job keeps at most 1,000 lines, for a day')
end
for at = lines_from, #ARGV do
  if #ARGV[at] > 8192 then
    return limit_refusal('a line has at most 8 KiB')
  end
end
local fence = string.match(member, ':(%d+):')
if not redis.call('ZSCORE', leases, member) then
  return 0
end
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
local last_fence, last_line = -1, -1
if last[1] then
  last_fence, last_line = string.match(last[1][1], '^(%d+)-(%d+)$')
end
for at = lines_from, #ARGV do
  local number = first + at - lines_from
  if tonumber(fence) > tonumber(last_fence) or
    (tonumber(fence) == tonumber(last_fence) and number > tonumber(last_line)) then
    redis.call('XADD', log, 'MAXLEN', '~', max_lines, fence .. '-' .. number, 'a', attempt, 'l', ARGV[at])
  end
end
redis.call('PEXPIRE', log, ttl_ms)
return 1
"""#,
        sha1: "f9946e18d1565cf89b7b75020588d9bbf1fe9f21"
    )

    /// Appends lines to a running job's log, under its lease.
    ///
    /// The reply: 1 written | 0 the lease is lost, nothing changed.
    package static func log(
        leases: String,
        log: String,
        member: some ScriptArgument,
        attempt: some ScriptArgument,
        first: Int,
        maxLines: Int,
        ttlMs: Int,
        lines: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: logScript,
            keys: [leases, log],
            arguments: [member.scriptBytes, attempt.scriptBytes, first.scriptBytes, maxLines.scriptBytes, ttlMs.scriptBytes] + lines
        )
    }

    /// Appends lines to a running job's log, under its lease.
    ///
    /// The reply: 1 written | 0 the lease is lost, nothing changed.
    package static func log(
        _ keys: QueueKeys,
        log: String,
        member: some ScriptArgument,
        attempt: some ScriptArgument,
        first: Int,
        maxLines: Int,
        ttlMs: Int,
        lines: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: logScript,
            keys: [keys.leases, log],
            arguments: [member.scriptBytes, attempt.scriptBytes, first.scriptBytes, maxLines.scriptBytes, ttlMs.scriptBytes] + lines
        )
    }

    /// The text of `open_lane.lua`.
    package static let openLaneScript = RedisScript(
        name: "open_lane",
        source: #"""
#!lua flags=allow-oom
local lane = KEYS[1]
redis.call('SET', lane, '0:', 'PX', 600000)
return 1
"""#,
        sha1: "eb388e2bfecb074be50effd766d22eec39c42f2e"
    )

    /// Opens a lane, so that its next call has number 1.
    ///
    /// The reply: 1.
    package static func openLane(
        lane: String
    ) -> ScriptCall {
        return ScriptCall(
            script: openLaneScript,
            keys: [lane],
            arguments: []
        )
    }

    /// The text of `page.lua`.
    package static let pageScript = RedisScript(
        name: "page",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local ready = {KEYS[2], KEYS[3], KEYS[4], KEYS[5]}
local delayed = KEYS[6]
local leases = KEYS[7]
local kept = KEYS[8]
local dead = KEYS[9]
local source = ARGV[1]
local offset = tonumber(ARGV[2])
local count = tonumber(ARGV[3])
local newest_first = tonumber(ARGV[4])
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local now_ms = clock_now()
offset, count = math.max(offset, 0), math.max(1, math.min(count, 100))
local list = string.match(source, '^ready:([0-3])$')
local entries, scores = {}, {}
local total
if list then
  total = redis.call('LLEN', ready[list + 1])
  if newest_first == 1 then
    local tail = redis.call('LRANGE', ready[list + 1], -offset - count, -offset - 1)
    for index = #tail, 1, -1 do
      entries[#entries + 1] = tail[index]
    end
  else
    entries = redis.call('LRANGE', ready[list + 1], offset, offset + count - 1)
  end
else
  local set = ({ delayed = delayed, leases = leases, kept = kept, dead = dead })[source]
  total = redis.call('ZCARD', set)
  local flat
  if newest_first == 1 then
    flat = redis.call('ZREVRANGE', set, offset, offset + count - 1, 'WITHSCORES')
  else
    flat = redis.call('ZRANGE', set, offset, offset + count - 1, 'WITHSCORES')
  end
  for at = 1, #flat, 2 do
    entries[#entries + 1] = flat[at]
    scores[#entries] = flat[at + 1]
  end
end
local reply = {}
for index, entry in ipairs(entries) do
  local id = source == 'leases' and string.match(entry, '^[^:]+') or entry
  reply[3 * index - 2], reply[3 * index - 1] = entry, scores[index] or ''
  reply[3 * index] = redis.call('HGET', jobs, id)
end
return { string.format('%d', now_ms), total, reply }
"""#,
        sha1: "27e274a92490becf02887e057bc2ab5e13cedcac",
        isReadOnly: true
    )

    /// Reads a page of a queue's jobs in one state, by rank.
    ///
    /// The reply: now in ms, entries of the index, then (entry, score or '', record or nil) in one list.
    package static func page(
        jobs: String,
        ready: [String],
        delayed: String,
        leases: String,
        kept: String,
        dead: String,
        source: some ScriptArgument,
        offset: Int,
        count: Int,
        newestFirst: Int
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: pageScript,
            keys: [jobs] + ready + [delayed, leases, kept, dead],
            arguments: [source.scriptBytes, offset.scriptBytes, count.scriptBytes, newestFirst.scriptBytes]
        )
    }

    /// Reads a page of a queue's jobs in one state, by rank.
    ///
    /// The reply: now in ms, entries of the index, then (entry, score or '', record or nil) in one list.
    package static func page(
        _ keys: QueueKeys,
        source: some ScriptArgument,
        offset: Int,
        count: Int,
        newestFirst: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: pageScript,
            keys: [keys.jobs] + keys.ready + [keys.delayed, keys.leases, keys.kept, keys.dead],
            arguments: [source.scriptBytes, offset.scriptBytes, count.scriptBytes, newestFirst.scriptBytes]
        )
    }

    /// The text of `pause.lua`.
    package static let pauseScript = RedisScript(
        name: "pause",
        source: #"""
#!lua flags=allow-oom
local meta = KEYS[1]
local wake = KEYS[2]
local for_ms = tonumber(ARGV[1])
local who = ARGV[2]
local reason = ARGV[3]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_found(meta)
  redis.call('HSET', meta, 'schema', '1', 'sentinel', string.rep('-', 65))
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local schema = redis.call('HGET', meta, 'schema')
if queue_too_new(schema) then
  return { -2, schema }
end
if #who > 128 or #reason > 256 then
  return limit_refusal('a reason has at most 256 bytes, the name of who pauses 128')
end
local now_ms = clock_now()
if not schema then
  queue_found(meta)
end
local until_ms = for_ms > 0 and string.format('%d', now_ms + for_ms) or '0'
redis.call('HSET', meta, 'paused_until', until_ms, 'paused_at', string.format('%d', now_ms), 'paused_by', who,
  'paused_reason', reason)
redis.call('DEL', wake)
return { 1 }
"""#,
        sha1: "bedecec41e5d75a52b0f1b040dcede295dc404f6"
    )

    /// Stops claims from a queue; running jobs go on.
    ///
    /// The reply: 1 | -2 schema.
    package static func pause(
        meta: String,
        wake: String,
        forMs: Int,
        who: some ScriptArgument,
        reason: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: pauseScript,
            keys: [meta, wake],
            arguments: [forMs.scriptBytes, who.scriptBytes, reason.scriptBytes]
        )
    }

    /// Stops claims from a queue; running jobs go on.
    ///
    /// The reply: 1 | -2 schema.
    package static func pause(
        _ keys: QueueKeys,
        forMs: Int,
        who: some ScriptArgument,
        reason: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: pauseScript,
            keys: [keys.meta, keys.wake],
            arguments: [forMs.scriptBytes, who.scriptBytes, reason.scriptBytes]
        )
    }

    /// The text of `progress.lua`.
    package static let progressScript = RedisScript(
        name: "progress",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local progress = KEYS[2]
local id = ARGV[1]
local member = ARGV[2]
local text = ARGV[3]
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
if #text > 1030 then
  return limit_refusal('a progress has at most 5 digits and a note of 1 KiB')
end
local record = redis.call('HGET', jobs, id)
if not record or string.byte(record, 2) ~= 110 or record_lease(id, record) ~= member or record_damage(record) then
  return 0
end
local _, _, flags, attempt, crashes, returns = record_head(record)
if bit.band(flags, 8) == 0 then
  record = record_move(record, 'n', bit.bor(flags, 8), attempt, crashes, returns, struct.unpack('>I6', record, 18))
  redis.call('HSET', jobs, id, record)
end
redis.call('HSET', progress, id, text)
return 1
"""#,
        sha1: "65144989323eacef64096e1b23ea5d15a634d745"
    )

    /// Writes how far a running job is, under its lease.
    ///
    /// The reply: 1 written | 0 the lease is lost, nothing changed.
    package static func progress(
        jobs: String,
        progress: String,
        id: some ScriptArgument,
        member: some ScriptArgument,
        text: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: progressScript,
            keys: [jobs, progress],
            arguments: [id.scriptBytes, member.scriptBytes, text.scriptBytes]
        )
    }

    /// Writes how far a running job is, under its lease.
    ///
    /// The reply: 1 written | 0 the lease is lost, nothing changed.
    package static func progress(
        _ keys: QueueKeys,
        id: some ScriptArgument,
        member: some ScriptArgument,
        text: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: progressScript,
            keys: [keys.jobs, keys.progress],
            arguments: [id.scriptBytes, member.scriptBytes, text.scriptBytes]
        )
    }

    /// The text of `promote.lua`.
    package static let promoteScript = RedisScript(
        name: "promote",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local ready = {KEYS[2], KEYS[3], KEYS[4], KEYS[5]}
local delayed = KEYS[6]
local meta = KEYS[7]
local wake = KEYS[8]
local lane = KEYS[9]
local number = tonumber(ARGV[1])
local ids_from = 2
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
local now_ms = clock_now()
local codes, is_ready = {}, false
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 's' or 'm'
  if record and record_damage(record) then
    code = 'b'
  elseif record and string.byte(record, 2) == 100 then
    local _, list, flags, attempt, crashes, returns = record_head(record)
    redis.call('ZREM', delayed, id)
    redis.call('HSET', jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
    redis.call('RPUSH', ready[list + 1], id)
    code, is_ready = 'o', true
  end
  codes[#codes + 1] = code
end
if is_ready and not queue_paused(state[2], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
"""#,
        sha1: "332a8a561bd479ab6e2720e3c6b97a06b8ebe5f4"
    )

    /// Makes delayed jobs ready now.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func promote(
        jobs: String,
        ready: [String],
        delayed: String,
        meta: String,
        wake: String,
        lane: String,
        number: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: promoteScript,
            keys: [jobs] + ready + [delayed, meta, wake, lane],
            arguments: [number.scriptBytes] + ids
        )
    }

    /// Makes delayed jobs ready now.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func promote(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: promoteScript,
            keys: [keys.jobs] + keys.ready + [keys.delayed, keys.meta, keys.wake, lane],
            arguments: [number.scriptBytes] + ids
        )
    }

    /// The text of `purge.lua`.
    package static let purgeScript = RedisScript(
        name: "purge",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local errors = KEYS[8]
local progress = KEYS[9]
local cancelling = KEYS[10]
local unique = KEYS[11]
local kept = KEYS[12]
local dead = KEYS[13]
local meta = KEYS[14]
local lane = KEYS[15]
local number = tonumber(ARGV[1])
local source = ARGV[2]
local limit = tonumber(ARGV[3])
local until_ms = tonumber(ARGV[4])
local skip = tonumber(ARGV[5])
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  local count, passed, more = string.match(note, '^(%d+) (%d+) (%d)$')
  return { 1, tonumber(count), tonumber(passed), tonumber(more) }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'purged')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local list = string.match(source, '^ready:([0-3])$')
local sets = { delayed = { delayed, 'd' }, dead = { dead, 'x' }, kept = { kept, 'ck' } }
local is_waiting = list or source == 'delayed'
limit = math.max(1, math.min(limit, 200))
skip = math.max(0, list and math.min(skip, 500) or skip)
local ids, first
if list then
  ids, first = redis.call('LRANGE', ready[list + 1], 0, skip + limit - 1), skip + 1
else
  ids, first = redis.call('ZRANGE', sets[source][1], skip, skip + limit - 1), 1
end
local stays, passed, deleted, dropped = {}, 0, 0, 0
for index, id in ipairs(ids) do
  local record = index >= first and redis.call('HGET', jobs, id)
  local old, place
  if record and record_damage(record) then
    record = false
  elseif record then
    old, place = record_head(record)
  end
  local is_here = record and ((list and old == 'r' and place == tonumber(list))
    or (not list and string.find(sets[source][2], old, 1, true)))
  local since_ms = 0
  if is_here then
    local revived = is_waiting and record_field(record, 'e')
    since_ms = struct.unpack('>I6', revived or record, revived and 1 or is_waiting and 12 or 18)
  end
  if index < first or since_ms > until_ms then
    stays[#stays + 1] = id
    passed = passed + (index < first and 0 or 1)
  else
    if is_here then
      if is_waiting then
        ending_tell(key, id, record)
      end
      ending_forget(key, id, record)
      deleted = deleted + 1
    else
      dropped = dropped + 1
    end
    if not list then
      redis.call('ZREM', sets[source][1], id)
    end
  end
end
local left
if list then
  if #stays < #ids then
    redis.call('LTRIM', ready[list + 1], #ids, -1)
    local back = {}
    for index = #stays, 1, -1 do
      back[#back + 1] = stays[index]
    end
    if #back > 0 then
      redis.call('LPUSH', ready[list + 1], unpack(back)) -- at most 700
    end
  end
  left = redis.call('LLEN', ready[list + 1])
  local count = tonumber(redis.call('HGET', meta, 'tomb:' .. list)) or 0
  if #ids >= first then
    redis.call('HSET', meta, 'tomb:' .. list, math.max(0, math.min(count - dropped, left)))
  end
else
  left = redis.call('ZCARD', sets[source][1])
end
if deleted > 0 then
  redis.call('HSET', meta, 'purged', (tonumber(state[2]) or 0) + deleted)
end
local more = left > skip + passed and 1 or 0
lane_note(lane, number, deleted .. ' ' .. passed .. ' ' .. more)
return { 1, deleted, passed, more }
"""#,
        sha1: "ce1524c67fc84b35be56bce1e0e56a46adcd8420"
    )

    /// Deletes a slice of the jobs of one index that were there at a time, oldest first.
    ///
    /// The reply: 1, jobs deleted, newer ones passed over, 1 if entries are left behind these | -1 lane lost | -2 schema.
    package static func purge(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        lane: String,
        number: Int,
        source: some ScriptArgument,
        limit: Int,
        untilMs: Int,
        skip: Int
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: purgeScript,
            keys: [jobs, big] + ready + [delayed, errors, progress, cancelling, unique, kept, dead, meta, lane],
            arguments: [number.scriptBytes, source.scriptBytes, limit.scriptBytes, untilMs.scriptBytes, skip.scriptBytes]
        )
    }

    /// Deletes a slice of the jobs of one index that were there at a time, oldest first.
    ///
    /// The reply: 1, jobs deleted, newer ones passed over, 1 if entries are left behind these | -1 lane lost | -2 schema.
    package static func purge(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        source: some ScriptArgument,
        limit: Int,
        untilMs: Int,
        skip: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: purgeScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, lane],
            arguments: [number.scriptBytes, source.scriptBytes, limit.scriptBytes, untilMs.scriptBytes, skip.scriptBytes]
        )
    }

    /// The text of `register.lua`.
    package static let registerScript = RedisScript(
        name: "register",
        source: #"""
#!lua flags=allow-oom
local queues = KEYS[1]
local name = ARGV[1]
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local function limit_is_queue(name)
  return name and #name > 0 and #name <= 64 and not string.find(name, '[^a-z0-9._-]')
end
if not limit_is_queue(name) then
  return limit_refusal('the name of a queue has 1 to 64 characters of a-z, 0-9, ".", "_" and "-"')
end
redis.call('SADD', queues, name)
return 1
"""#,
        sha1: "422449de0c2d89759dede56980fdc7272e3ed24c"
    )

    /// Notes the name of a queue, so that it is listed.
    ///
    /// The reply: 1.
    package static func register(
        queues: String,
        name: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: registerScript,
            keys: [queues],
            arguments: [name.scriptBytes]
        )
    }

    /// The text of `release.lua`.
    package static let releaseScript = RedisScript(
        name: "release",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local leases = KEYS[8]
local errors = KEYS[9]
local progress = KEYS[10]
local cancelling = KEYS[11]
local unique = KEYS[12]
local kept = KEYS[13]
local dead = KEYS[14]
local meta = KEYS[15]
local wake = KEYS[16]
local lane = KEYS[17]
local number = tonumber(ARGV[1])
local handed_from = 2
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function clock_due(now_ms, now_us, delay_ms)
  return delay_ms > 0 and math.ceil(now_us / 1000) + delay_ms or now_ms
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_started(record)
  return string.sub(record, 1, 4) .. string.char(bit.band(string.byte(record, 5), 223)) .. string.sub(record, 6)
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function queue_next_due(delayed, now_us)
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if not first[2] then
    return -1
  end
  return math.max(0, tonumber(first[2]) * 1000 - now_us)
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'released', 'cancelled', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local first_due = queue_next_due(delayed, now_us)
local codes, found, seen = {}, {}, {}
if (#ARGV - handed_from + 1) % 4 ~= 0 then
  return redis.error_reply('ERR a job handed back has 4 arguments')
end
if #ARGV - handed_from + 1 > 2000 then
  return limit_refusal('a call hands back at most 500 jobs')
end
for at = handed_from, #ARGV, 4 do
  local id = ARGV[at]
  local record = not seen[id] and redis.call('HGET', jobs, id)
  if record and string.byte(record, 2) == 110 and record_lease(id, record) == ARGV[at + 1]
    and not record_damage(record) then
    seen[id] = true
    found[#found + 1] = { at, record }
    codes[#codes + 1] = 'o'
  else
    codes[#codes + 1] = 'l'
  end
end
local cancelled, is_ready, soonest = 0, false, nil
for index = #found, 1, -1 do
  local at, record = found[index][1], found[index][2]
  local id, delay_ms = ARGV[at], tonumber(ARGV[at + 2]) or -1
  local _, list, flags, attempt, crashes, returns = record_head(record)
  redis.call('ZREM', leases, ARGV[at + 1])
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', progress, id)
    flags = bit.band(flags, 247)
  end
  if ARGV[at + 3] == '1' then
    record = record_started(record)
  end
  attempt, returns = math.max(attempt - 1, 0), math.min(returns + 1, 255)
  if bit.band(flags, 2) ~= 0 then
    ending_close(key, id, record, 'k', now_ms, 'cancelled')
    cancelled = cancelled + 1
    codes[(at - handed_from) / 4 + 1] = 'k'
  elseif delay_ms < 0 then
    redis.call('HSET', jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
    redis.call('LPUSH', ready[list + 1], id)
    is_ready = true
  else
    local due_ms = clock_due(now_ms, now_us, delay_ms)
    redis.call('HSET', jobs, id, record_move(record, 'd', flags, attempt, crashes, returns, due_ms))
    redis.call('ZADD', delayed, string.format('%d', due_ms), id)
    soonest = math.min(soonest or due_ms, due_ms)
  end
end
redis.call('HSET', meta, 'released', (tonumber(state[2]) or 0) + #found - cancelled,
  'cancelled', (tonumber(state[3]) or 0) + cancelled)
local is_sooner = soonest and (first_due < 0 or soonest * 1000 - now_us < first_due)
if (is_ready or is_sooner) and not queue_paused(state[4], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
"""#,
        sha1: "c9f6d8c943474eb1a79abda837508781c214539b"
    )

    /// Hands jobs back that a worker holds, their attempt unused: to the front of their list, or for a time.
    ///
    /// The reply: 1, a code per job | -1 lane lost | -2 schema.
    package static func release(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        wake: String,
        lane: String,
        number: Int,
        handed: [[UInt8]] = []
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: releaseScript,
            keys: [jobs, big] + ready + [delayed, leases, errors, progress, cancelling, unique, kept, dead, meta, wake, lane],
            arguments: [number.scriptBytes] + handed
        )
    }

    /// Hands jobs back that a worker holds, their attempt unused: to the front of their list, or for a time.
    ///
    /// The reply: 1, a code per job | -1 lane lost | -2 schema.
    package static func release(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        handed: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: releaseScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, keys.wake, lane],
            arguments: [number.scriptBytes] + handed
        )
    }

    /// The text of `remove.lua`.
    package static let removeScript = RedisScript(
        name: "remove",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local leases = KEYS[8]
local errors = KEYS[9]
local progress = KEYS[10]
local cancelling = KEYS[11]
local unique = KEYS[12]
local kept = KEYS[13]
local dead = KEYS[14]
local meta = KEYS[15]
local lane = KEYS[16]
local number = tonumber(ARGV[1])
local states = ARGV[2]
local seen_ms = tonumber(ARGV[3])
local ids_from = 4
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_meant(record, states, seen_ms)
  return (states == '' or string.find(states, string.sub(record, 2, 2), 1, true) ~= nil)
    and (seen_ms == 0 or struct.unpack('>I6', record, 12) <= seen_ms)
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local schema = redis.call('HGET', meta, 'schema')
if queue_too_new(schema) then
  return { -2, schema }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local now_ms = clock_now()
local codes = {}
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = 'm'
  if record and record_damage(record) then
    local lease = string.byte(record, 2) == 110 and record_lease(id, record)
    local expiry = lease and redis.call('ZSCORE', leases, lease)
    code = expiry and tonumber(expiry) > now_ms and 'n' or 'o'
    if code == 'o' then
      if expiry then
        redis.call('ZREM', leases, lease)
      end
      for _, name in ipairs({ jobs, errors, progress, cancelling }) do
        redis.call('HDEL', name, id)
      end
      redis.call('HDEL', big, id, id .. ':r')
      for _, name in ipairs({ delayed, kept, dead }) do
        redis.call('ZREM', name, id)
      end
      for list = 1, 4 do
        redis.call('LREM', ready[list], -1, id)
      end
    end
  elseif record then
    local old, list = record_head(record)
    if old == 'n' then
      code = 'n'
    elseif not record_meant(record, states, seen_ms) then
      code = 's'
    else
      code = 'o'
      if old == 'r' then
        redis.call('HINCRBY', meta, 'tomb:' .. list, 1)
      end
      redis.call('ZREM', delayed, id)
      redis.call('ZREM', kept, id)
      redis.call('ZREM', dead, id)
      if old == 'r' or old == 'd' then
        ending_tell(key, id, record)
      end
      ending_forget(key, id, record)
    end
  end
  codes[#codes + 1] = code
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
"""#,
        sha1: "a03f557f51ed16279af4b679a0e6dd19cf2eae7c"
    )

    /// Deletes jobs that are not running, with all that the queue holds about them.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func remove(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        lane: String,
        number: Int,
        states: some ScriptArgument,
        seenMs: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: removeScript,
            keys: [jobs, big] + ready + [delayed, leases, errors, progress, cancelling, unique, kept, dead, meta, lane],
            arguments: [number.scriptBytes, states.scriptBytes, seenMs.scriptBytes] + ids
        )
    }

    /// Deletes jobs that are not running, with all that the queue holds about them.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func remove(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        states: some ScriptArgument,
        seenMs: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: removeScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, lane],
            arguments: [number.scriptBytes, states.scriptBytes, seenMs.scriptBytes] + ids
        )
    }

    /// The text of `renew.lua`.
    package static let renewScript = RedisScript(
        name: "renew",
        source: #"""
#!lua flags=allow-oom
local leases = KEYS[1]
local meta = KEYS[2]
local lease_ms = tonumber(ARGV[1])
local members_from = 2
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
if #ARGV - members_from + 1 > 500 then
  return limit_refusal('a call renews at most 500 leases')
end
local lease = math.max(lease_ms, tonumber(redis.call('HGET', meta, 'lease')) or 0)
local now_ms = clock_now()
local members, lost, renewed = {}, {}, {}
for at = members_from, #ARGV do
  members[#members + 1] = ARGV[at]
end
if #members == 0 then
  return lost
end
local expiry = string.format('%d', now_ms + lease)
for index, score in ipairs(redis.call('ZMSCORE', leases, unpack(members))) do -- at most 500
  if score then
    renewed[#renewed + 1] = expiry
    renewed[#renewed + 1] = members[index]
  else
    lost[#lost + 1] = members[index]
  end
end
if #renewed > 0 then
  redis.call('ZADD', leases, 'XX', unpack(renewed)) -- at most 1000
  redis.call('HSET', meta, 'lease', lease)
end
return lost
"""#,
        sha1: "869e9fc109c2b1b9a27a98139bb6325e9e577a12"
    )

    /// Renews leases, and names those that are lost.
    ///
    /// The reply: the members that are no longer leases.
    package static func renew(
        leases: String,
        meta: String,
        leaseMs: Int,
        members: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: renewScript,
            keys: [leases, meta],
            arguments: [leaseMs.scriptBytes] + members
        )
    }

    /// Renews leases, and names those that are lost.
    ///
    /// The reply: the members that are no longer leases.
    package static func renew(
        _ keys: QueueKeys,
        leaseMs: Int,
        members: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: renewScript,
            keys: [keys.leases, keys.meta],
            arguments: [leaseMs.scriptBytes] + members
        )
    }

    /// The text of `repair.lua`.
    package static let repairScript = RedisScript(
        name: "repair",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local leases = KEYS[8]
local errors = KEYS[9]
local progress = KEYS[10]
local cancelling = KEYS[11]
local unique = KEYS[12]
local kept = KEYS[13]
local dead = KEYS[14]
local meta = KEYS[15]
local wake = KEYS[16]
local code = ARGV[1]
local id = ARGV[2]
local first = ARGV[3]
local second = ARGV[4]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_holds(record, now_ms)
  local state = string.sub(record, 2, 2)
  if state == 'd' or state == 'r' or state == 'n' then
    return true
  end
  local _, _, _, window_ms = record_options(record)
  return struct.unpack('>I6', record, 18) + window_ms > now_ms
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_lease_before(before, lowered_until, now_ms)
  local lease_ms, until_ms = tonumber(before) or 0, tonumber(lowered_until) or 0
  return until_ms > now_ms and until_ms <= now_ms + lease_ms and lease_ms or 0
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function audit_note(wrong, code, id, first, second)
  local at = #wrong
  wrong[at + 1], wrong[at + 2], wrong[at + 3], wrong[at + 4] = code, id, first or '', second or ''
end
local function audit_place(record)
  local state, at_ms = string.sub(record, 2, 2), struct.unpack('>I6', record, 18)
  if state == 'd' then
    return 'delayed', at_ms
  elseif state == 'x' then
    return 'dead', at_ms
  elseif state == 'r' or state == 'n' then
    return nil
  end
  local _, _, keep_ms, window_ms = record_options(record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    keep_ms = math.max(keep_ms, 60000)
  end
  return 'kept', at_ms + math.max(keep_ms, window_ms)
end
local function audit_miscounted(record)
  local state, _, _, attempt, crashes = record_head(record)
  local most = struct.unpack('>I2', record, 10)
  if state == 'n' then
    return attempt == 0 or crashes >= attempt or (most > 0 and attempt > most)
  end
  return crashes > attempt or ((state == 'd' or state == 'r') and most > 0 and attempt >= most)
end
local function audit_notes(key, id, record, wrong)
  local state, _, flags = record_head(record)
  local more = string.byte(record, 5)
  if bit.band(flags, 32) ~= 0 then
    local announced = struct.unpack('>I4', record, record_fields_end(record) + 1)
    local found = redis.call('HSTRLEN', key.big, id)
    if found ~= announced then
      audit_note(wrong, 'payload', id, tostring(announced), tostring(found))
    end
  end
  if bit.band(more, 4) ~= 0 and redis.call('HEXISTS', key.big, id .. ':r') == 0 then
    audit_note(wrong, 'result', id)
  end
  if bit.band(flags, 4) ~= 0 and redis.call('HEXISTS', key.errors, id) == 0 then
    audit_note(wrong, 'unnoted', id, 'errors')
  end
  if bit.band(flags, 8) ~= 0 and redis.call('HEXISTS', key.progress, id) == 0 then
    audit_note(wrong, 'unnoted', id, 'progress')
  end
  if bit.band(flags, 2) ~= 0 then
    if state ~= 'n' then
      audit_note(wrong, 'flagged', id)
    elseif redis.call('HEXISTS', key.cancelling, id) == 0 then
      audit_note(wrong, 'unnoted', id, 'cancelling')
    end
  end
  if bit.band(flags, 64) ~= 0 and (state == 'd' or state == 'r' or state == 'n') then
    local name = record_field(record, 'u') or ''
    local owner = redis.call('HGET', key.unique, name)
    if owner ~= id then
      audit_note(wrong, 'unheld', id, name, owner or '')
    end
  end
end
local function audit_far(fence, now_ms)
  fence = tonumber(fence)
  return fence and fence > (now_ms + 315576000000) * 1000
end
local function audit_job(key, id, record, now_ms, last_fence, wrong)
  local damage = record_damage(record)
  if damage then
    audit_note(wrong, 'damaged', id, damage)
    return false
  end
  local state = string.sub(record, 2, 2)
  local index, score = audit_place(record)
  if index then
    local found = redis.call('ZSCORE', key[index], id)
    if not found then
      audit_note(wrong, 'unindexed', id, index)
    elseif tonumber(found) ~= score then
      audit_note(wrong, 'score', id, index, found)
    end
  elseif state == 'n' and not redis.call('ZSCORE', key.leases, record_lease(id, record)) then
    audit_note(wrong, 'unleased', id)
  end
  local fence = struct.unpack('>I7', record, 24)
  if fence > last_fence then
    audit_note(wrong, 'fence', id, string.format('%d', fence))
  end
  if audit_miscounted(record) then
    audit_note(wrong, 'miscounted', id, tostring((struct.unpack('>I2', record, 6))), tostring(string.byte(record, 8)))
  end
  local enqueued_ms, at_ms = struct.unpack('>I6I6', record, 12)
  if math.max(enqueued_ms, state == 'd' and 0 or at_ms) > now_ms + 5000 then
    audit_note(wrong, 'future', id)
  end
  audit_notes(key, id, record, wrong)
  return true
end
local function audit_owner(source, entry, value)
  if source == 'unique' then
    return value
  end
  return string.match(entry, '^[^:]*')
end
local function audit_announces(source, entry, id, record)
  local state, _, flags = record_head(record)
  if source == 'leases' then
    return state == 'n' and record_lease(id, record) == entry
  elseif source == 'unique' then
    local _, _, _, window_ms = record_options(record)
    return bit.band(flags, 64) ~= 0 and record_field(record, 'u') == entry
      and (state == 'd' or state == 'r' or state == 'n' or window_ms > 0)
  elseif source == 'big' then
    return bit.band(entry == id and flags or string.byte(record, 5), entry == id and 32 or 4) ~= 0
  end
  local flag = ({ errors = 4, progress = 8, cancelling = 2 })[source]
  if flag then
    return bit.band(flags, flag) ~= 0
  end
  return string.find(({ delayed = 'd', dead = 'x', kept = 'ck' })[source], state, 1, true) ~= nil
end
local function audit_is_live(record, list)
  return record and #record >= 39 and string.byte(record, 2) == 114
    and math.floor((string.byte(record, 3) - 48) / 4) == list
end
local function repair_job(key, code, id, record, first, now_ms, lease, last_fence)
  local wrong, is_wrong = {}, false
  audit_job(key, id, record, now_ms, last_fence, wrong)
  for at = 1, #wrong, 4 do
    is_wrong = is_wrong or (wrong[at] == code and (code ~= 'unnoted' or wrong[at + 2] == first))
  end
  if not is_wrong then
    return 's'
  end
  local flags, more = string.byte(record, 4, 5)
  if code == 'unindexed' or code == 'score' then
    local index, score = audit_place(record)
    redis.call('ZADD', key[index], string.format('%d', score), id)
  elseif code == 'unleased' then
    redis.call('ZADD', key.leases, string.format('%d', now_ms + lease), record_lease(id, record))
  elseif code == 'fence' then
    local fence = struct.unpack('>I7', record, 24)
    if audit_far(fence, now_ms) then
      return 'u'
    end
    redis.call('HSET', key.meta, 'fence', string.format('%d', fence))
  elseif code == 'result' then
    redis.call('HSET', key.jobs, id, string.sub(record, 1, 4) .. string.char(bit.band(more, 243))
      .. string.sub(record, 6))
  elseif code == 'unnoted' and first == 'cancelling' then
    redis.call('HSET', key.cancelling, id, string.format('%d', now_ms) .. ' doctor')
  elseif code == 'unnoted' then
    local kept = bit.band(flags, first == 'errors' and 251 or 247)
    redis.call('HSET', key.jobs, id, string.sub(record, 1, 3) .. string.char(kept) .. string.sub(record, 5))
  elseif code == 'unheld' then
    local name = record_field(record, 'u')
    local owner = name and redis.call('HGET', key.unique, name)
    local owned = owner and redis.call('HGET', key.jobs, owner)
    if not name or (owned and (record_damage(owned) or (record_field(owned, 'u') == name
      and record_holds(owned, now_ms)))) then
      return 'u'
    end
    redis.call('HSET', key.unique, '', string.rep('-', 65), name, id)
  else
    return 'u'
  end
  return 'm'
end
local function repair_entry(key, source, entry)
  local sets = { delayed = true, leases = true, dead = true, kept = true }
  local value
  if sets[source] then
    value = redis.call('ZSCORE', key[source], entry)
  else
    value = redis.call('HEXISTS', key[source], entry) == 1
    if value and source == 'unique' then
      value = redis.call('HGET', key.unique, entry)
    end
  end
  if not value then
    return 's'
  end
  local id = audit_owner(source, entry, value)
  local record = redis.call('HGET', key.jobs, id)
  if record and record_damage(record) then
    return 'u'
  elseif record and audit_announces(source, entry, id, record) then
    return 's'
  elseif sets[source] then
    redis.call('ZREM', key[source], entry)
  else
    redis.call('HDEL', key[source], entry)
  end
  return 'm'
end
local function repair_missing(key, ready, id, record, since, now_ms)
  local state, list, flags, attempt, crashes, returns = record_head(record)
  local name = ready[list + 1]
  if state ~= 'r' or string.format('%d', (struct.unpack('>I6', record, 18))) ~= since
    or redis.call('LPOS', name, id, 'MAXLEN', 1000) or redis.call('LPOS', name, id, 'RANK', -1, 'MAXLEN', 1000) then
    return 's'
  end
  redis.call('LPUSH', name, id)
  redis.call('HSET', key.jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
  return 'm'
end
local function repair_tombs(key, ready, list, walked)
  local name, field = ready[list + 1], 'tomb:' .. list
  local counted, length = redis.call('HGET', key.meta, field) or '0', redis.call('LLEN', name)
  local count
  if length <= 500 then
    local seen, live = {}, 0
    local ids = redis.call('LRANGE', name, 0, -1)
    if #ids > 0 then
      for index, record in ipairs(redis.call('HMGET', key.jobs, unpack(ids))) do -- at most 500
        if not seen[ids[index]] and audit_is_live(record, list) then
          seen[ids[index]] = true
          live = live + 1
        end
      end
    end
    count = tostring(length - live)
  else
    local entries, before, found, first, last = string.match(walked, '^(%d+) (%S+) (%d+) (%S+) (%S+)$')
    if tonumber(entries) ~= length or before ~= counted or first ~= redis.call('LINDEX', name, 0)
      or last ~= redis.call('LINDEX', name, -1) then
      return 'c'
    end
    count = found
  end
  if count == counted then
    return 's'
  end
  redis.call('HSET', key.meta, field, count)
  return 'm'
end
local function repair_number(key, field, now_ms)
  local value = redis.call('HGET', key.meta, field)
  local is_far = field == 'fence' and audit_far(value, now_ms)
  if not value or (string.find(value, '^%d+$') and not is_far) then
    return 's'
  elseif is_far then
    redis.call('HSET', key.meta, field, string.format('%d', now_ms * 1000))
  elseif field == 'schema' then
    return 'u'
  elseif field == 'paused_until' then
    redis.call('HSET', key.meta, field, '0')
  else
    redis.call('HDEL', key.meta, field)
  end
  return 'm'
end
local state = redis.call('HMGET', meta, 'schema', 'lease', 'lease_before', 'lease_lowered_until', 'hold', 'fence',
  'paused_until')
if state[1] and tonumber(state[1]) and queue_too_new(state[1]) then
  return { -2, state[1] }
end
local key = { jobs = jobs, big = big, delayed = delayed, leases = leases, errors = errors, progress = progress,
  cancelling = cancelling, unique = unique, kept = kept, dead = dead, meta = meta }
local now_ms = clock_now()
local lease = tonumber(state[2]) or 0
local longest = math.max(lease, queue_lease_before(state[3], state[4], now_ms))
if code == 'stray' then
  return { 1, repair_entry(key, first, second) }
elseif code == 'tombs' then
  return { 1, repair_tombs(key, ready, tonumber(first), second) }
elseif code == 'number' then
  return { 1, repair_number(key, first, now_ms) }
elseif code == 'hold' then
  if (tonumber(state[5]) or 0) <= now_ms + longest then
    return { 1, 's' }
  end
  redis.call('HSET', meta, 'hold', string.format('%d', now_ms + longest))
  return { 1, 'm' }
elseif code == 'ahead' then
  if tonumber(redis.call('ZSCORE', leases, first) or 0) <= now_ms + longest then
    return { 1, 's' }
  end
  redis.call('ZADD', leases, 'XX', string.format('%d', now_ms + longest), first)
  return { 1, 'm' }
end
local record = redis.call('HGET', jobs, id)
if not record then
  return { 1, 's' }
elseif record_damage(record) then
  return { 1, 'u' }
elseif code == 'missing' then
  local is_paused = state[7] and (not tonumber(state[7]) or queue_paused(state[7], now_ms))
  local verdict = repair_missing(key, ready, id, record, first, now_ms)
  if verdict == 'm' and not is_paused then
    queue_wake(wake, now_ms)
  end
  return { 1, verdict }
end
return { 1, repair_job(key, code, id, record, first, now_ms, lease > 0 and lease or 10000, tonumber(state[6]) or 0) }
"""#,
        sha1: "9c546449310b5159a0df008bbedd1d44a08f93d8"
    )

    /// Mends one thing that an audit found, if it is wrong still.
    ///
    /// The reply: 1, m mended, s nothing is wrong any more, c the queue changed meanwhile, u nothing can be mended here | -2 schema.
    package static func repair(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        wake: String,
        code: some ScriptArgument,
        id: some ScriptArgument,
        first: some ScriptArgument,
        second: some ScriptArgument
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: repairScript,
            keys: [jobs, big] + ready + [delayed, leases, errors, progress, cancelling, unique, kept, dead, meta, wake],
            arguments: [code.scriptBytes, id.scriptBytes, first.scriptBytes, second.scriptBytes]
        )
    }

    /// Mends one thing that an audit found, if it is wrong still.
    ///
    /// The reply: 1, m mended, s nothing is wrong any more, c the queue changed meanwhile, u nothing can be mended here | -2 schema.
    package static func repair(
        _ keys: QueueKeys,
        code: some ScriptArgument,
        id: some ScriptArgument,
        first: some ScriptArgument,
        second: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: repairScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, keys.wake],
            arguments: [code.scriptBytes, id.scriptBytes, first.scriptBytes, second.scriptBytes]
        )
    }

    /// The text of `resume.lua`.
    package static let resumeScript = RedisScript(
        name: "resume",
        source: #"""
#!lua flags=allow-oom
local ready = {KEYS[1], KEYS[2], KEYS[3], KEYS[4]}
local meta = KEYS[5]
local wake = KEYS[6]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local state = redis.call('HMGET', meta, 'schema', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms = clock_now()
redis.call('HDEL', meta, 'paused_until', 'paused_at', 'paused_by', 'paused_reason')
for list = 1, 4 do
  if redis.call('LLEN', ready[list]) > 0 then
    queue_wake(wake, now_ms)
  end
end
return { 1, queue_paused(state[2], now_ms) and 1 or 0 }
"""#,
        sha1: "984dca28af7570a221c2b953e297172ffafc45ac"
    )

    /// Lets claims from a paused queue go on.
    ///
    /// The reply: 1, 1 if it was paused | -2 schema.
    package static func resume(
        ready: [String],
        meta: String,
        wake: String
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: resumeScript,
            keys: ready + [meta, wake],
            arguments: []
        )
    }

    /// Lets claims from a paused queue go on.
    ///
    /// The reply: 1, 1 if it was paused | -2 schema.
    package static func resume(
        _ keys: QueueKeys
    ) -> ScriptCall {
        return ScriptCall(
            script: resumeScript,
            keys: keys.ready + [keys.meta, keys.wake],
            arguments: []
        )
    }

    /// The text of `retry_dead.lua`.
    package static let retryDeadScript = RedisScript(
        name: "retry_dead",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local errors = KEYS[8]
local progress = KEYS[9]
local cancelling = KEYS[10]
local unique = KEYS[11]
local kept = KEYS[12]
local dead = KEYS[13]
local meta = KEYS[14]
local wake = KEYS[15]
local lane = KEYS[16]
local number = tonumber(ARGV[1])
local ids_from = 2
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local function record_started(record)
  return string.sub(record, 1, 4) .. string.char(bit.band(string.byte(record, 5), 223)) .. string.sub(record, 6)
end
local function record_expired(record, now_ms)
  if bit.band(string.byte(record, 5), 32) == 0 or struct.unpack('>I2', record, 6) > 0 then
    return false
  end
  local expires_ms = record_options(record)
  return expires_ms > 0 and now_ms >= expires_ms
end
local function record_holds(record, now_ms)
  local state = string.sub(record, 2, 2)
  if state == 'd' or state == 'r' or state == 'n' then
    return true
  end
  local _, _, _, window_ms = record_options(record)
  return struct.unpack('>I6', record, 18) + window_ms > now_ms
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function record_bereft(big, id, record)
  return bit.band(string.byte(record, 4), 32) ~= 0
    and redis.call('HSTRLEN', big, id) ~= math.max(1, (struct.unpack('>I4', record, record_fields_end(record) + 1)))
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'revived', 'paused_until', 'expired')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
local now_ms = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local codes, revived, expired = {}, 0, 0
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 's' or 'm'
  if record and record_damage(record) then
    code = 'b'
  elseif record and string.byte(record, 2) == 120 and record_bereft(big, id, record) then
    code = 'p'
  elseif record and string.byte(record, 2) == 120 then
    local _, list, flags = record_head(record)
    local name = bit.band(flags, 64) ~= 0 and record_field(record, 'u')
    local holder = name and redis.call('HGET', unique, name)
    local held = holder and holder ~= id and redis.call('HGET', jobs, holder)
    local is_damaged = held and record_damage(held)
    local held_state, held_list
    if held and not is_damaged then
      held_state, held_list = record_head(held)
    end
    if held and (held_state == 'r' or held_state == 'd') and record_expired(held, now_ms) then
      if held_state == 'd' then
        redis.call('ZREM', delayed, holder)
      else
        redis.call('HINCRBY', meta, 'tomb:' .. held_list, 1)
      end
      ending_close(key, holder, held, 'k', now_ms, 'expired')
      expired = expired + 1
      held = redis.call('HGET', jobs, holder)
    end
    if held and (is_damaged or record_holds(held, now_ms)) then
      code = 'u'
    else
      code = 'o'
      revived = revived + 1
      if name then
        redis.call('HSET', unique, name, id)
      end
      record = record_started(record_cut(record_cut(record_cut(record, 'm'), 's'), 'e'))
      record = record_add(record, 'e', struct.pack('>I6', now_ms))
      redis.call('HSET', jobs, id, record_move(record, 'r', flags, 0, 0, 0, now_ms))
      redis.call('ZREM', dead, id)
      redis.call('RPUSH', ready[list + 1], id)
    end
  end
  codes[#codes + 1] = code
end
if revived > 0 then
  redis.call('HSET', meta, 'revived', (tonumber(state[2]) or 0) + revived)
end
if expired > 0 then
  redis.call('HSET', meta, 'expired', (tonumber(state[4]) or 0) + expired)
end
if revived > 0 and not queue_paused(state[3], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
"""#,
        sha1: "b4117f0c263328d1f81d004e19c314c3f1676a4f"
    )

    /// Puts dead jobs back on their queue, with all their attempts before them.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func retryDead(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        wake: String,
        lane: String,
        number: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: retryDeadScript,
            keys: [jobs, big] + ready + [delayed, errors, progress, cancelling, unique, kept, dead, meta, wake, lane],
            arguments: [number.scriptBytes] + ids
        )
    }

    /// Puts dead jobs back on their queue, with all their attempts before them.
    ///
    /// The reply: 1, a code per id | -1 lane lost | -2 schema.
    package static func retryDead(
        _ keys: QueueKeys,
        lane: String,
        number: Int,
        ids: [[UInt8]] = []
    ) -> ScriptCall {
        return ScriptCall(
            script: retryDeadScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, keys.wake, lane],
            arguments: [number.scriptBytes] + ids
        )
    }

    /// The text of `rewake.lua`.
    package static let rewakeScript = RedisScript(
        name: "rewake",
        source: #"""
#!lua flags=allow-oom
local wake = KEYS[1]
redis.call('ZADD', wake, 'NX', 0, 'w')
return 1
"""#,
        sha1: "8f2fcfd30dc78a2e0a30091d0e4135b7c3cc970a"
    )

    /// Sets a wake marker again that the worker which took it cannot use.
    ///
    /// The reply: 1.
    package static func rewake(
        wake: String
    ) -> ScriptCall {
        return ScriptCall(
            script: rewakeScript,
            keys: [wake],
            arguments: []
        )
    }

    /// Sets a wake marker again that the worker which took it cannot use.
    ///
    /// The reply: 1.
    package static func rewake(
        _ keys: QueueKeys
    ) -> ScriptCall {
        return ScriptCall(
            script: rewakeScript,
            keys: [keys.wake],
            arguments: []
        )
    }

    /// The text of `show.lua`.
    package static let showScript = RedisScript(
        name: "show",
        source: #"""
#!lua flags=no-writes
local jobs = KEYS[1]
local big = KEYS[2]
local leases = KEYS[3]
local errors = KEYS[4]
local progress = KEYS[5]
local cancelling = KEYS[6]
local kept = KEYS[7]
local id = ARGV[1]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local now_ms = clock_now()
local record = redis.call('HGET', jobs, id)
if not record then
  return { string.format('%d', now_ms), false }
end
local stored = redis.call('HMGET', big, id, id .. ':r')
local lease = string.byte(record, 2) == 110 and record_lease(id, record)
local expiry = lease and redis.call('ZSCORE', leases, lease)
return { string.format('%d', now_ms), record, stored[1], stored[2], redis.call('HGET', errors, id),
  redis.call('HGET', progress, id), redis.call('HGET', cancelling, id), expiry, redis.call('ZSCORE', kept, id) }
"""#,
        sha1: "fa8f573fee3edfea5005068e6414747a033aa5fb",
        isReadOnly: true
    )

    /// Reads everything that the queue holds about one job.
    ///
    /// The reply: now in ms, record or nil, payload and result from `big`, errors, progress, cancel request, ms when the lease expires, ms when the record is dropped (each or nil).
    package static func show(
        jobs: String,
        big: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        kept: String,
        id: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: showScript,
            keys: [jobs, big, leases, errors, progress, cancelling, kept],
            arguments: [id.scriptBytes]
        )
    }

    /// Reads everything that the queue holds about one job.
    ///
    /// The reply: now in ms, record or nil, payload and result from `big`, errors, progress, cancel request, ms when the lease expires, ms when the record is dropped (each or nil).
    package static func show(
        _ keys: QueueKeys,
        id: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: showScript,
            keys: [keys.jobs, keys.big, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.kept],
            arguments: [id.scriptBytes]
        )
    }

    /// The text of `sweep.lua`.
    package static let sweepScript = RedisScript(
        name: "sweep",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local ready = {KEYS[3], KEYS[4], KEYS[5], KEYS[6]}
local delayed = KEYS[7]
local leases = KEYS[8]
local errors = KEYS[9]
local progress = KEYS[10]
local cancelling = KEYS[11]
local unique = KEYS[12]
local kept = KEYS[13]
local dead = KEYS[14]
local meta = KEYS[15]
local wake = KEYS[16]
local lease_ms = tonumber(ARGV[1])
local interval_ms = tonumber(ARGV[2])
local max_crashes = tonumber(ARGV[3])
local node = ARGV[4]
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end
local function queue_found(meta)
  redis.call('HSET', meta, 'schema', '1', 'sentinel', string.rep('-', 65))
end
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end
local function queue_lease_before(before, lowered_until, now_ms)
  local lease_ms, until_ms = tonumber(before) or 0, tonumber(lowered_until) or 0
  return until_ms > now_ms and until_ms <= now_ms + lease_ms and lease_ms or 0
end
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end
local function queue_next_due(delayed, now_us)
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if not first[2] then
    return -1
  end
  return math.max(0, tonumber(first[2]) * 1000 - now_us)
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end
local record_hundreds, record_figures
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end
local function ending_bury(key, id, record, now_ms, reason)
  local _, _, _, window_ms = record_options(record)
  ending_tell(key, id, record)
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  redis.call('HSET', key.jobs, id, ending_record(key, id, record, 'x', now_ms, reason))
  redis.call('ZADD', key.dead, now_ms, id)
end
local function failure_add(log, now_ms, attempt, kind, text)
  log = (log or '') .. struct.pack('>I6I2', now_ms, attempt) .. kind .. struct.pack('>I2', #text) .. text
  local starts, at = {}, 1
  while at + 10 <= #log do
    starts[#starts + 1] = at
    at = at + 11 + struct.unpack('>I2', log, at + 9)
  end
  if #starts > 5 then
    log = string.sub(log, starts[#starts - 4])
  end
  return log
end
local function reap_look(jobs, members)
  local reaped = {}
  for index, member in ipairs(members) do
    local id = string.match(member, '^[^:]*')
    local record = redis.call('HGET', jobs, id)
    if record and (string.byte(record, 2) ~= 110 or record_lease(id, record) ~= member or record_damage(record)) then
      record = false
    end
    reaped[index] = { member, id, record }
  end
  return reaped
end
local function reap_wait(crashes, fence)
  local wait_ms = math.min(5000 * 2 ^ (crashes - 2), 300000)
  return wait_ms + math.floor(wait_ms * (fence % 1000 * 618 % 1000) / 1000)
end
local function reap_one(key, delayed, id, record, now_ms, max_crashes)
  local _, _, flags, attempt, crashes, returns = record_head(record)
  local max_attempts = struct.unpack('>I2', record, 10)
  crashes = math.min(crashes + 1, 255)
  if bit.band(flags, 2) ~= 0 then
    ending_close(key, id, record, 'k', now_ms, 'cancelled')
    return 'cancelled'
  end
  local text = 'lease expired on node ' .. string.sub(record, 31, 36)
  redis.call('HSET', key.errors, id, failure_add(redis.call('HGET', key.errors, id), now_ms, attempt, 'c', text))
  flags = bit.bor(flags, 4)
  record = record_move(record, 'n', flags, attempt, crashes, returns, struct.unpack('>I6', record, 18))
  if crashes >= max_crashes then
    ending_bury(key, id, record, now_ms, 'crashed too often: ' .. text)
    return 'died', 'crashed too often: ' .. text
  elseif max_attempts > 0 and attempt >= max_attempts then
    ending_bury(key, id, record, now_ms, 'no attempts left: ' .. text)
    return 'died', 'no attempts left: ' .. text
  elseif crashes == 1 then
    redis.call('HSET', key.jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
    return 'ready'
  end
  local due_ms = now_ms + reap_wait(crashes, (struct.unpack('>I7', record, 24)))
  redis.call('HSET', key.jobs, id, record_move(record, 'd', flags, attempt, crashes, returns, due_ms))
  redis.call('ZADD', delayed, string.format('%d', due_ms), id)
  return 'delayed'
end
local function reap_return(key, ready, delayed, leases, reaped, now_ms, max_crashes)
  local tally = { ready = 0, delayed = 0, died = 0, cancelled = 0, crashed = 0, dead = {} }
  for index = #reaped, 1, -1 do
    local member, id, record = reaped[index][1], reaped[index][2], reaped[index][3]
    redis.call('ZREM', leases, member)
    if record then
      local _, list, _, attempt = record_head(record)
      local fate, reason = reap_one(key, delayed, id, record, now_ms, max_crashes)
      if fate == 'ready' then
        redis.call('LPUSH', ready[list + 1], id)
      end
      tally[fate] = tally[fate] + 1
      if reason then
        local name = string.sub(record, 40, 39 + string.byte(record, 39))
        for _, part in ipairs({ id, name, tostring(attempt), reason }) do
          tally.dead[#tally.dead + 1] = part
        end
      end
      tally.crashed = tally.crashed + 1
    end
  end
  return tally
end
local function reap_tombs(jobs, ready, tombs, counts)
  local is_cut = false
  for list = 1, 4 do
    local count, length = tonumber(tombs[list]) or 0, redis.call('LLEN', ready[list])
    if count > 0 and count >= length then
      local used = 0
      if length > 0 then
        local ids, live = redis.call('LRANGE', ready[list], 0, 499), 0
        for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
          if record and string.byte(record, 2) == 114 and math.floor((string.byte(record, 3) - 48) / 4) == list - 1 then
            live = live + 1
          elseif live == 0 then
            used = index
          end
        end
        if used > 0 then
          redis.call('LTRIM', ready[list], used, -1)
        end
        count = math.min(count - used, length - used - live)
        is_cut = is_cut or (live == 0 and length > used)
      else
        count = 0
      end
      counts[#counts + 1] = 'tomb:' .. (list - 1)
      counts[#counts + 1] = count
    end
  end
  return is_cut
end
local function reap_cancelling(jobs, cancelling, node)
  local mine = {}
  if redis.call('HLEN', cancelling) == 0 then
    return mine
  end
  local ids = redis.call('HRANDFIELD', cancelling, 100)
  for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 100
    if not record or string.byte(record, 2) ~= 110 then
      redis.call('HDEL', cancelling, ids[index])
    elseif string.sub(record, 31, 36) == node then
      mine[#mine + 1] = ids[index]
    end
  end
  return mine
end
local state = redis.call('HMGET', meta, 'schema', 'look', 'hold', 'lease', 'paused_until', 'tomb:0', 'tomb:1', 'tomb:2',
  'tomb:3', 'crashed', 'died', 'cancelled', 'lease_before', 'lease_lowered_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local lease = math.max(lease_ms, tonumber(state[4]) or 0)
local longest = math.max(lease, queue_lease_before(state[13], state[14], now_ms))
local look, hold = tonumber(state[2]), tonumber(state[3]) or 0
local gap = look and now_ms - look
local is_gap = not gap or gap < 0 or gap > lease / 3
local is_look = is_gap or gap >= 0.9 * interval_ms
hold = math.min(is_gap and now_ms + longest or hold, now_ms + longest)
local counts = { 'lease', lease }
if is_look then
  counts = { 'lease', lease, 'look', string.format('%d', now_ms), 'hold', string.format('%d', hold) }
end
local tombs = (state[6] or '0') .. (state[7] or '0') .. (state[8] or '0') .. (state[9] or '0')
if not state[5] and tombs == '0000'
  and redis.call('EXISTS', ready[1], ready[2], ready[3], ready[4], delayed, leases, cancelling) == 0 then
  if is_look then
    if not state[1] then
      queue_found(meta)
    end
    redis.call('HSET', meta, unpack(counts)) -- at most 6
  end
  return { 1, 0, -1, 0, 0, {}, 0, 0, 0, {} }
end
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now_ms, 'LIMIT', 0, 200)
local ahead = redis.call('ZRANGEBYSCORE', leases, '(' .. string.format('%d', now_ms + longest), '+inf', 'LIMIT', 0,
  100)
local expired = now_ms >= hold and redis.call('ZRANGEBYSCORE', leases, '-inf', now_ms, 'LIMIT', 0, 100) or {}
local due_records = #due > 0 and redis.call('HMGET', jobs, unpack(due)) or {} -- at most 200
local reaped = reap_look(jobs, expired)
if is_look then
  if not state[1] then
    queue_found(meta)
  end
  if state[5] and not queue_paused(state[5], now_ms) then
    redis.call('HDEL', meta, 'paused_until', 'paused_at', 'paused_by', 'paused_reason')
  end
end
for _, member in ipairs(ahead) do
  redis.call('ZADD', leases, 'XX', string.format('%d', now_ms + longest), member)
end
local is_littered = reap_tombs(jobs, ready, { state[6], state[7], state[8], state[9] }, counts)
local tally = reap_return(key, ready, delayed, leases, reaped, now_ms, max_crashes)
if #expired > 0 then
  counts[#counts + 1] = 'crashed'
  counts[#counts + 1] = (tonumber(state[10]) or 0) + tally.crashed
  counts[#counts + 1] = 'died'
  counts[#counts + 1] = (tonumber(state[11]) or 0) + tally.died
  counts[#counts + 1] = 'cancelled'
  counts[#counts + 1] = (tonumber(state[12]) or 0) + tally.cancelled
end
local promoted, lists, fields = 0, { {}, {}, {}, {} }, {}
for index, id in ipairs(due) do
  local record = due_records[index]
  if record and not record_damage(record) and string.byte(record, 2) == 100 then
    local _, list, flags, attempt, crashes, returns = record_head(record)
    fields[#fields + 1] = id
    fields[#fields + 1] = record_move(record, 'r', flags, attempt, crashes, returns, now_ms)
    lists[list + 1][#lists[list + 1] + 1] = id
    promoted = promoted + 1
  end
end
if #due > 0 then
  redis.call('ZREM', delayed, unpack(due)) -- at most 200
end
if promoted > 0 then
  redis.call('HSET', jobs, unpack(fields)) -- at most 400
  for list = 1, 4 do
    if #lists[list] > 0 then
      redis.call('RPUSH', ready[list], unpack(lists[list])) -- at most 200
    end
  end
end
if is_look or #counts > 2 then
  redis.call('HSET', meta, unpack(counts)) -- at most 40
end
local is_paused = queue_paused(state[5], now_ms)
local claimable = false
local littered = redis.call('HMGET', meta, 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3')
for list = 1, 4 do
  claimable = claimable or redis.call('LLEN', ready[list]) > (tonumber(littered[list]) or 0)
end
claimable = claimable and not is_paused
if claimable and (promoted > 0 or tally.ready > 0) then
  queue_wake(wake, now_ms)
end
local pause = 0
if is_paused then
  pause = tonumber(state[5]) == 0 and -1 or tonumber(state[5]) - now_ms
end
local is_cut = #due == 200 or #expired == 100 or #ahead == 100 or is_littered
return { 1, claimable and 1 or 0, queue_next_due(delayed, now_us), is_cut and 1 or 0, pause,
  reap_cancelling(jobs, cancelling, node), tally.ready + tally.delayed, tally.died, promoted,
  tally.dead }
"""#,
        sha1: "cba078396cee50acbc670511e26365b9cae0f79f"
    )

    /// Looks after a queue: returns expired leases, makes due jobs ready, drops tombstones, and says how things stand.
    ///
    /// The reply: 1, 1 if a job is claimable, µs until the next is due or -1, 1 if a bound cut the work, pause (0 no, -1 for ever, ms), this node's jobs to cancel, returned, died, promoted, id, name, attempt and reason of each that died | -2 schema.
    package static func sweep(
        jobs: String,
        big: String,
        ready: [String],
        delayed: String,
        leases: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        meta: String,
        wake: String,
        leaseMs: Int,
        intervalMs: Int,
        maxCrashes: Int,
        node: some ScriptArgument
    ) -> ScriptCall {
        precondition(ready.count == 4, "ready: 4 keys")
        return ScriptCall(
            script: sweepScript,
            keys: [jobs, big] + ready + [delayed, leases, errors, progress, cancelling, unique, kept, dead, meta, wake],
            arguments: [leaseMs.scriptBytes, intervalMs.scriptBytes, maxCrashes.scriptBytes, node.scriptBytes]
        )
    }

    /// Looks after a queue: returns expired leases, makes due jobs ready, drops tombstones, and says how things stand.
    ///
    /// The reply: 1, 1 if a job is claimable, µs until the next is due or -1, 1 if a bound cut the work, pause (0 no, -1 for ever, ms), this node's jobs to cancel, returned, died, promoted, id, name, attempt and reason of each that died | -2 schema.
    package static func sweep(
        _ keys: QueueKeys,
        leaseMs: Int,
        intervalMs: Int,
        maxCrashes: Int,
        node: some ScriptArgument
    ) -> ScriptCall {
        return ScriptCall(
            script: sweepScript,
            keys: [keys.jobs, keys.big] + keys.ready + [keys.delayed, keys.leases, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.meta, keys.wake],
            arguments: [leaseMs.scriptBytes, intervalMs.scriptBytes, maxCrashes.scriptBytes, node.scriptBytes]
        )
    }

    /// The text of `trim.lua`.
    package static let trimScript = RedisScript(
        name: "trim",
        source: #"""
#!lua flags=allow-oom
local jobs = KEYS[1]
local big = KEYS[2]
local errors = KEYS[3]
local progress = KEYS[4]
local cancelling = KEYS[5]
local unique = KEYS[6]
local kept = KEYS[7]
local dead = KEYS[8]
local recent = KEYS[9]
local meta = KEYS[10]
local dead_age_ms = tonumber(ARGV[1])
local dead_count = tonumber(ARGV[2])
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end
local now_ms = clock_now()
local state = redis.call('HMGET', meta, 'look', 'hold', 'lease')
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local gap = state[1] and now_ms - tonumber(state[1])
local is_sure = gap and gap >= 0 and gap <= (tonumber(state[3]) or 0) / 3 and now_ms >= (tonumber(state[2]) or 0)
local ended, died = {}, {}
if is_sure then
  ended = redis.call('ZRANGEBYSCORE', kept, '-inf', now_ms, 'LIMIT', 0, 100)
  died = redis.call('ZRANGEBYSCORE', dead, '-inf', now_ms - dead_age_ms, 'LIMIT', 0, 100)
end
local over = redis.call('ZCARD', dead) - dead_count
if over > #died then
  died = redis.call('ZRANGE', dead, 0, math.min(over, 100) - 1)
end
for index, ids in ipairs({ ended, died }) do
  local set = index == 1 and kept or dead
  for _, id in ipairs(ids) do
    local record = redis.call('HGET', jobs, id)
    redis.call('ZREM', set, id)
    local old = record and not record_damage(record) and string.sub(record, 2, 2)
    if old and (old == 'x') == (set == dead) and string.find('xck', old, 1, true) then
      ending_forget(key, id, record)
    end
  end
end
if is_sure then
  redis.call('ZREMRANGEBYSCORE', recent, '-inf', now_ms - 86400000)
end
return { 1, #ended + #died, (#ended == 100 or #died == 100) and 1 or 0 }
"""#,
        sha1: "bb595e15d92e26278300cca66848bf574af276c4"
    )

    /// Drops what retention no longer keeps: ended jobs past their time, the oldest dead ones.
    ///
    /// The reply: 1, jobs dropped, 1 if more remain.
    package static func trim(
        jobs: String,
        big: String,
        errors: String,
        progress: String,
        cancelling: String,
        unique: String,
        kept: String,
        dead: String,
        recent: String,
        meta: String,
        deadAgeMs: Int,
        deadCount: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: trimScript,
            keys: [jobs, big, errors, progress, cancelling, unique, kept, dead, recent, meta],
            arguments: [deadAgeMs.scriptBytes, deadCount.scriptBytes]
        )
    }

    /// Drops what retention no longer keeps: ended jobs past their time, the oldest dead ones.
    ///
    /// The reply: 1, jobs dropped, 1 if more remain.
    package static func trim(
        _ keys: QueueKeys,
        deadAgeMs: Int,
        deadCount: Int
    ) -> ScriptCall {
        return ScriptCall(
            script: trimScript,
            keys: [keys.jobs, keys.big, keys.errors, keys.progress, keys.cancelling, keys.unique, keys.kept, keys.dead, keys.recent, keys.meta],
            arguments: [deadAgeMs.scriptBytes, deadCount.scriptBytes]
        )
    }
}
