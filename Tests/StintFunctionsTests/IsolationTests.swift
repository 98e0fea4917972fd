// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import StintFunctions

@Suite struct IsolationTests {
    let runner = FunctionRunner(parentEnvironment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "LC_ALL": "C", "TZ": "UTC",
        "TMPDIR": "/tmp", "SECRET_TOKEN": "hunter2", "STINT_REDIS_URL": "redis://:pw@host", "EXTRA_ONE": "1",
    ])

    @Test("A function sees the allowed variables, its own and the job's facts, and nothing else")
    func environment() async throws {
        let definition = try function(["env", "-0"]) {
            $0.environment = ["SMTP": "mail:25", "LANG": "de_DE", "STINT_JOB_ID": "forged"]
            $0.passedEnvironment = ["EXTRA_*"]
        }
        var job = attempt("mail.send")
        job.maxAttempts = 5
        job.fence = 42
        job.node = "n00001"
        job.deadline = Date(timeIntervalSince1970: 4_000_000_000.5)
        let result = try await runner.run(definition, payload: [], environment: job)
        #expect(
            result.text.split(separator: "\0").sorted() == [
                "EXTRA_ONE=1", "HOME=/root", "LANG=de_DE", "LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin",
                "SMTP=mail:25", "STINT_ATTEMPT=1", "STINT_DEADLINE=2096-10-02T07:06:40.500Z", "STINT_FD=3",
                "STINT_FENCE=42", "STINT_IDEMPOTENCY_KEY=default/01J9ZK3V7Q8RXF2M4T9C0DWAYB",
                "STINT_JOB_ID=01J9ZK3V7Q8RXF2M4T9C0DWAYB", "STINT_JOB_NAME=mail.send", "STINT_MAX_ATTEMPTS=5",
                "STINT_NODE=n00001", "STINT_QUEUE=default", "TMPDIR=/tmp", "TZ=UTC",
            ])
    }

    @Test("A function of a worker that seals jobs is told so, and gets the keys only where they are passed on")
    func sealing() throws {
        let parent = ["STINT_KEYS_FILE": "/keys"]
        let job = attempt("mail.send")
        let plain = job.variables(for: try function(["true"]), parent: parent)
        #expect(plain["STINT_SEALING"] == "required" && plain["STINT_KEYS_FILE"] == nil)
        #expect(job.variables(for: try function(["true"]), parent: [:])["STINT_SEALING"] == nil)
        let passing = try function(["true"]) { $0.passedEnvironment = ["STINT_KEYS_FILE"] }
        #expect(job.variables(for: passing, parent: parent)["STINT_KEYS_FILE"] == "/keys")
    }

    @Test(
        "Hostile job names stay data",
        arguments: ["; rm -rf /tmp/x", "$(touch /tmp/x)", "a\nb", "`id`", "-rf", "' \" \\", "*", "\u{1b}[2J", "é"])
    func hostileNames(name: String) async throws {
        for definition in [
            try function(["sh", "-c", "printf %s \"$STINT_JOB_NAME\""], name: "*"),
            try shell("printf %s \"$STINT_JOB_NAME\""),
        ] {
            #expect(try await runner.run(definition, payload: [], environment: attempt(name)).text == name)
        }
        let argument = try function(["printf", "%s", "{name}"], name: "*")
        if name.hasPrefix("-") {
            await #expect(throws: FunctionError.self) {
                try await runner.run(argument, payload: [], environment: attempt(name))
            }
        } else {
            #expect(try await runner.run(argument, payload: [], environment: attempt(name)).text == name)
        }
    }

    @Test("A NUL byte in a name is refused, not cut off")
    func nul() async throws {
        let error = await #expect(throws: FunctionError.self) {
            try await runner.run(try function(["true"]), payload: [], environment: attempt("a\0b"))
        }
        #expect(error?.code == .unsafeInput)
    }

    @Test("{name} in a function for one name is not replaced")
    func literalBraces() async throws {
        #expect(try await runner.run(function(["printf", "%s", "{name}"])).text == "{name}")
    }

    @Test("A function cannot gain privileges, has its own session, and only its four descriptors")
    func process() async throws {
        let script = """
            grep NoNewPrivs /proc/self/status; cut -d' ' -f1,5,6 /proc/$$/stat; ls /proc/$$/fd | tr '\\n' ' '
            grep -E 'SigIgn|SigBlk' /proc/self/status
            """
        let result = try await runner.run(shell(script))
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "NoNewPrivs:\t1")
        let ids = lines[1].split(separator: " ")
        #expect(Set(ids).count == 1, "leader of its group and session: \(ids)")
        #expect(lines[2].hasPrefix("0 1 2 3 "))
        #expect(lines[2].contains("SigBlk:\t0000000000000000"))
        #expect(lines[3] == "SigIgn:\t0000000000000000")
    }

    @Test("Limits hold where asked for")
    func limits() async throws {
        let definition = try shell("ulimit -n; ulimit -t; ulimit -v; ulimit -f; ulimit -u 2>/dev/null || true") {
            $0.limits = ResourceLimits(
                memory: 512 << 20, cpuTime: .seconds(7), openFiles: 64, fileSize: 1 << 20)
        }
        let lines = try await runner.run(definition).text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "64")
        #expect(lines[1] == "7")
        #expect(lines[2] == "524288")
        #expect(lines[3] == "2048")
        let spinning = try shell("while :; do :; done") { $0.limits.cpuTime = .seconds(1) }
        #expect(try await runner.run(spinning).exit == .signalled(24))
    }

    @Test("It runs in its folder")
    func folder() async throws {
        try await withFolder { folder in
            let definition = try function(["pwd", "-P"]) { $0.directory = folder }
            #expect(try await runner.run(definition).text == folder + "\n")
        }
    }
}

@Suite struct StartTests {
    let runner = FunctionRunner(parentEnvironment: ["PATH": "/usr/bin:/bin"])

    func message(_ definition: FunctionDefinition) async -> String? {
        await #expect(throws: FunctionError.self) { try await runner.run(definition) }?.message
    }

    @Test("What is wrong with a command is said precisely")
    func reasons() async throws {
        try await withFolder { folder in
            let plain = folder + "/plain"
            try "echo hi\n".write(toFile: plain, atomically: true, encoding: .utf8)
            #expect(await message(try function(["no-such-command"])) == "command 'no-such-command' is not in PATH")
            #expect(await message(try function([folder + "/none"])) == "\(folder)/none does not exist")
            #expect(await message(try function([plain])) == "\(plain) is not executable: chmod +x \(plain)")
            #expect(await message(try function([folder])) == "\(folder) is not a file")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: plain)
            #expect(
                await message(try function([plain]))
                    == "cannot execute \(plain): Exec format error (a script begins with a #! line)")
            try "#!/no/such/interpreter\n".write(toFile: plain, atomically: false, encoding: .utf8)
            #expect(
                await message(try function([plain]))
                    == "\(plain) needs /no/such/interpreter, which is not there (its first line)")
            try "#!/usr/bin/env no-such-interpreter\n".write(toFile: plain, atomically: false, encoding: .utf8)
            #expect(
                await message(try function([plain]))
                    == "\(plain) needs no-such-interpreter, which is not in PATH (its first line)")
            let definition = try function(["true"]) { $0.directory = folder + "/gone" }
            #expect(
                await message(definition) == "cannot enter the folder \(folder)/gone: No such file or directory")
        }
    }

    @Test("A relative command starts at the function's folder, a bare one is searched in the function's PATH")
    func lookup() async throws {
        try await withFolder { folder in
            let script = folder + "/mine"
            try "#!/bin/sh\necho mine\n".write(toFile: script, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            #expect(try await runner.run(function(["./mine"]) { $0.directory = folder }).text == "mine\n")
            #expect(try await runner.run(function(["mine"]) { $0.environment = ["PATH": folder] }).text == "mine\n")
            #expect(runner.problem(with: try function(["mine"]))?.code == .commandNotFound)
            #expect(runner.problem(with: try function(["sh"])) == nil)
        }
    }
}
