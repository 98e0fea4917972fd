// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Cuts a server off from the other servers and the sentinels, and from nobody else.
///
/// All servers run under a group of their own. Connections that come from the group to the server's port are marked, and
/// what belongs to a marked connection is dropped, in both directions; clients run under another group. It needs root
/// and a network namespace of its own, so that the rules are nobody else's.
struct Partition {
    private static let group = "4242"
    private static let mark = "7"

    let port: Int

    /// Writes a program that runs `redis-server` in the group.
    static func server(in folder: URL) throws -> String {
        let file = folder.appendingPathComponent("redis-server-in-group")
        let text = "#!/bin/sh\nexec setpriv --regid=\(group) --clear-groups redis-server \"$@\"\n"
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
        return file.path
    }

    func cut() throws {
        try Self.iptables(
            "-A", "OUTPUT", "-o", "lo", "-p", "tcp", "--dport", "\(port)", "-m", "owner", "--gid-owner", Self.group,
            "-j", "CONNMARK", "--set-mark", Self.mark)
        try Self.iptables("-A", "OUTPUT", "-o", "lo", "-m", "connmark", "--mark", Self.mark, "-j", "DROP")
    }

    func heal() throws {
        // What was dropped is marked for good: these connections end, and new ones are made.
        try Self.iptables("-F", "OUTPUT")
    }

    private static func iptables(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["iptables", "-w"] + arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ScenarioAct.Failure(description: "iptables \(arguments.joined(separator: " ")) failed")
        }
    }
}
