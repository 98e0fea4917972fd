// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import Testing

@testable import StintFunctions

private func read(_ text: String, _ environment: [String: String] = [:]) -> ConfigurationFile {
    ConfigurationFile(text: text, path: "stint.yaml", directory: "/srv/app", environment: environment)
}

private func problems(_ text: String, _ environment: [String: String] = [:]) -> String {
    read(text, environment).problems.map(\.description).joined(separator: "\n")
}

@Suite struct ConfigurationFileTests {
    @Test("A full file is read")
    func full() throws {
        let file = read(
            """
            redis: ${STINT_REDIS_URL}
            namespace: shop
            timezone: Asia/Shanghai
            defaults: {queue: work, attempts: 7, backoff: "exponential(1s, 1h)", timeout: 5m, keep: {done: 24h, failed: 7d, log: 32KB}}
            queues:
              critical: {weight: 6}
              mail: {}
            embedded: {linger: 90s}
            functions:
              resize: {run: "python3 fn/resize.py '${DIR}' ${DIR}", queue: video, timeout: 10m, memory: 512MB, cpu_time: 60s}
              mail.send:
                run: ["node", "fn/mail.js"]
                env: {SMTP: "${SMTP_URL}", PORT: 25}
                pass_env: [AWS_*]
                attempts: unlimited
                backoff: fixed(30s)
                grace: 1s
                slots: 2
                keep: 1h
              hello: {sh: 'jq -r "\\"hello \\" + .name + \\"${X}\\""'}
              "etl.*": {run: "./etl {name}", exit: {dead: [2], retry: [75], snooze: 79, done: [3]}, cwd: jobs, snooze: 5m, result_max: 1MB, log_max: 8KB}
            """, ["DIR": "a b", "SMTP_URL": "smtp://h"])
        #expect(file.problems == [])
        #expect(file.settings[.redis] == nil)
        #expect(file.settings[.namespace] == .init(text: "shop", line: 2))
        #expect(file.settings[.keepLog]?.text == "32KB")
        #expect(
            file.queues == [
                QueueSettings(name: "critical", weight: 6, line: 6), QueueSettings(name: "mail", line: 7),
            ])
        let functions = file.functions
        #expect(functions.map(\.pattern.description) == ["resize", "mail.send", "hello", "etl.*"])
        #expect(functions[0].command == .arguments(["python3", "fn/resize.py", "a b", "a b"]))
        #expect(functions[0].limits == ResourceLimits(memory: 512 << 20, cpuTime: .seconds(60)))
        #expect(functions[0].directory == "/srv/app")
        #expect(functions[0].line == 10)
        #expect(functions[1].environment == ["SMTP": "smtp://h", "PORT": "25"])
        #expect(functions[1].attempts == .unlimited)
        #expect(functions[2].command == .shell(#"jq -r "\"hello \" + .name + \"${X}\"""#))
        #expect(functions[3].directory == "/srv/app/jobs")
        #expect(
            [0, 2, 3, 65, 75, 79].map { functions[3].exits.meaning(of: $0) } == [
                .done, .dead, .done, .retry, .retry, .snooze,
            ])

        let configuration = try Configuration(project: file)
        let options = configuration.options(for: "mail.send")
        #expect(options.queue == "work")
        #expect(options.retry == RetryPolicy(backoff: .fixed(.seconds(30)), attempts: nil))
        #expect(options.timeout == .seconds(300))
        #expect(options.keep == .seconds(3600))
        #expect(configuration.options(for: "other").retry?.attempts == 7)
        #expect(configuration.function(for: "etl.load")?.pattern.description == "etl.*")
    }

    @Test("Errors name the line, and near misses what was probably meant")
    func golden() {
        let text = """
            redis: redis://localhost
            namespce: shop
            timezone: Mars/Olympus
            schedules: {}
            defaults:
              attempts: 0
              backoff: exponential(1s, 1h, jitter 0.1)
              keep: {done: soon}
            queues:
              mail: {weight: 1, rate: 80/s}
              Mail: {weight: heavy}
            functions:
              resize: {run: "python3 x.py", quue: video, cpu: 1}
              none: {queue: a}
              both: {run: "a", sh: "b"}
              piped: {run: "a | b"}
              "etl.*": {run: "./etl --name={name}"}
              "a*b": {run: "x"}
              secret:
                run: "x"
                env: {TOKEN: "${NOT_SET}"}
              codes: {run: "x", exit: {dead: [65], retry: [65, 300], snooze: [0]}}
              text: just text
              timed: {run: "x", timeout: 0s, memory: lots}
            """
        #expect(
            problems(text) == """
                stint.yaml:2: error: unknown key 'namespce'. Did you mean 'namespace'?
                stint.yaml:3: error: 'timezone': 'Mars/Olympus' is not a time zone: write one like Asia/Shanghai, or UTC
                stint.yaml:4: error: 'schedules' is not supported yet
                stint.yaml:6: error: 'attempts': '0' is not a number of attempts: write 1 to 65535, or unlimited
                stint.yaml:7: error: 'backoff': exponential back-off always has full jitter: leave 'jitter 0.1' out
                stint.yaml:8: error: 'done': 'soon' is not a length of time: write 500ms, 30s, 5m, 1h30m or 2d
                stint.yaml:10: error: 'rate' in queues.mail is not supported yet
                stint.yaml:11: error: 'Mail' is not a queue: 1 to 64 characters of a–z, 0–9, '.', '_' and '-'
                stint.yaml:11: error: 'weight': 'heavy' is not a whole number from 1 to 1000
                stint.yaml:13: error: unknown key 'quue' in functions.resize. Did you mean 'queue'?
                stint.yaml:13: error: 'cpu' in functions.resize is not supported yet: time on the processor is limited by cpu_time: 60s
                stint.yaml:14: error: functions.none has no command: add run or sh
                stint.yaml:15: error: functions.both has both run and sh
                stint.yaml:16: error: 'run' starts no shell and cannot do '|': quote it, or use 'sh'
                stint.yaml:17: error: {name} can only be a whole argument, and not the command: read $STINT_JOB_NAME instead
                stint.yaml:18: error: function 'a*b': '*' may only be the last character of a function's name
                stint.yaml:21: error: the environment variable NOT_SET is not set
                stint.yaml:22: error: 'retry' in exit must be a list of exit codes, 0 to 255
                stint.yaml:22: error: exit code 0 always means done
                stint.yaml:23: error: 'functions.text' must be a mapping (key: value)
                stint.yaml:23: error: functions.text has no command: add run or sh
                stint.yaml:24: error: 'timeout': it must be above 0
                stint.yaml:24: error: 'memory': 'lots' is not a size: write 65536, 64KB, 512MB or 1GB
                """)
        #expect(read(text).functions.isEmpty)
        let inFunctions = read(text).problems.filter { $0.function != nil }
        #expect(inFunctions.allSatisfy { ($0.line ?? 0) >= 13 })
    }

    @Test("Broken YAML and repeated keys name the line")
    func broken() {
        #expect(problems("a: [1\nb: 2\n").hasPrefix("stint.yaml:2: error: is not valid YAML: "))
        #expect(
            problems("functions:\n  a: {sh: x}\n  b: {sh: x}\n  a: {sh: y}\n")
                == "stint.yaml:4: error: the key 'a' stands twice in one mapping")
        #expect(problems("- a\n- b\n") == "stint.yaml:1: error: 'the file' must be a mapping (key: value)")
        #expect(problems("") == "")
        #expect(problems("functions:\nqueues: ~\n") == "")
    }

    @Test("A deep or self-multiplying file is no danger")
    func hostile() {
        let bomb =
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + (0..<9).map { index in
                let (last, next) = (index == 0 ? "a" : "b\(index - 1)", "b\(index)")
                return "\(next): &\(next) [*\(last),*\(last),*\(last),*\(last),*\(last),*\(last)]"
            }.joined(separator: "\n")
        #expect(problems(bomb).contains("unknown key 'a'"))
    }
}

@Suite struct ConfigurationTests {
    @Test("The examples' files have no problems and their commands exist", arguments: ["functions", "licences"])
    func examples(name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.deletingLastPathComponent().appending(path: "Examples/\(name)")
        let configuration = try Configuration.load(environment: [:], from: folder.path)
        #expect(!configuration.functions.isEmpty)
        #expect(configuration.check(FunctionRunner()) == [])
    }

    @Test("A flag goes before the environment, that before the project's file, that before the user's")
    func precedence() throws {
        let project = read("redis: redis://project\nnamespace: project\ndefaults: {queue: project}\n")
        let user = ConfigurationFile(
            text: "redis: redis://user\nnamespace: user\ndefaults: {queue: user, attempts: 9}\nembedded: {linger: 5s}",
            path: "/home/u/config.yaml", directory: "/home/u", environment: [:])
        let configuration = try Configuration(
            flags: [.queue: "flag"], environment: ["STINT_NAMESPACE": "env", "STINT_DEFAULTS_QUEUE": "env"],
            project: project, user: user)
        func line(_ key: SettingKey) -> String {
            let setting = configuration[key]
            return "\(key.rawValue)=\(setting.displayValue ?? "-") (\(setting.source))"
        }
        #expect(line(.queue) == "defaults.queue=flag (flag)")
        #expect(line(.namespace) == "namespace=env (env STINT_NAMESPACE)")
        #expect(line(.redis) == "redis=redis://project (stint.yaml:1)")
        #expect(line(.attempts) == "defaults.attempts=9 (/home/u/config.yaml:3)")
        #expect(line(.timezone) == "timezone=- (built-in)")
        #expect(line(.timeout) == "defaults.timeout=- (built-in)")
        #expect(configuration.linger == .seconds(5))
        #expect(configuration.redis?.url == "redis://project")
        #expect(try Configuration().redis == nil)
    }

    @Test("A wrong value in a flag or a variable is named by it")
    func wrongValues() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(flags: [.timeout: "soon"], environment: ["STINT_NAMESPACE": "No"])
        }
        #expect(
            error?.description == """
                STINT_NAMESPACE: error: 'No' is not a namespace: 1 to 64 characters of a–z, 0–9, '.', '_' and '-'
                --timeout: error: 'soon' is not a length of time: write 500ms, 30s, 5m, 1h30m or 2d
                """)
    }

    @Test("An error in a function leaves other commands usable")
    func functionProblems() throws {
        let configuration = try Configuration(project: read("functions:\n  a: {run: x, qqq: 1}\n  b: {sh: 'true'}\n"))
        #expect(configuration.functions.map(\.pattern.description) == ["b"])
        #expect(configuration.problems.map(\.function) == ["a"])
        #expect(throws: ConfigurationError.self) { try Configuration(project: read("nonsense: 1\n")) }
    }

    @Test("Commands that cannot be executed are found with their line")
    func check() async throws {
        try await withFolder { folder in
            let text =
                "functions:\n  a: {run: ./missing}\n  b: {run: no-such-program}\n  c: {sh: 'true'}\n  d: {run: ./plain}\n"
            try "x".write(toFile: folder + "/plain", atomically: true, encoding: .utf8)
            try text.write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            let configuration = try Configuration.load(environment: [:], from: folder)
            let found = configuration.check(FunctionRunner(parentEnvironment: ["PATH": "/usr/bin:/bin"]))
            #expect(
                found.map { $0.description.replacing(folder, with: "DIR") } == [
                    "DIR/stint.yaml:2: error: function 'a': DIR/./missing does not exist",
                    "DIR/stint.yaml:3: error: function 'b': command 'no-such-program' is not in PATH",
                    "DIR/stint.yaml:5: error: function 'd': DIR/./plain is not executable: chmod +x DIR/./plain",
                ])
        }
    }

    @Test("The file is searched upwards to the root of the git work tree")
    func search() async throws {
        try await withFolder { folder in
            let manager = FileManager.default
            try manager.createDirectory(atPath: folder + "/repo/.git", withIntermediateDirectories: true)
            try manager.createDirectory(atPath: folder + "/repo/a/b", withIntermediateDirectories: true)
            try "".write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            #expect(ConfigurationLocation.projectFile(from: folder + "/repo/a/b") == nil)
            try "".write(toFile: folder + "/repo/stint.yaml", atomically: true, encoding: .utf8)
            #expect(ConfigurationLocation.projectFile(from: folder + "/repo/a/b") == folder + "/repo/stint.yaml")
            #expect(ConfigurationLocation.projectFile(from: folder) == folder + "/stint.yaml")
            if getuid() == 0 {
                try manager.setAttributes([.ownerAccountID: 12345], ofItemAtPath: folder + "/repo/stint.yaml")
                #expect(ConfigurationLocation.projectFile(from: folder + "/repo/a") == nil)
                #expect(ConfigurationLocation.projectFile(from: folder + "/repo") == folder + "/repo/stint.yaml")
            }
        }
    }

    @Test("Secrets come from files, are masked, and a readable file that holds one is warned about")
    func secrets() async throws {
        try await withFolder { folder in
            let path = folder + "/stint.yaml"
            try "redis://:s3cret@host:6379\n".write(toFile: folder + "/url", atomically: true, encoding: .utf8)
            try "redis_url_file: url\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/url")
            let fromFile = try Configuration.load(environment: [:], from: folder)
            #expect(fromFile.redis?.url == "redis://:s3cret@host:6379")
            #expect(fromFile.problems == [])
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/url")
            let open = try Configuration.load(environment: [:], from: folder)
            #expect(open.problems.map(\.severity) == [.warning])
            #expect(open.problems.first?.message.hasSuffix("chmod 600 \(folder)/url") == true)
            let flagged = try Configuration.load(flags: [.redis: "redis://other"], environment: [:], from: folder)
            #expect(flagged.redis?.url == "redis://other")

            try "namespace: a\nredis: redis://u:p@ss@host/1\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let inline = try Configuration.load(environment: [:], from: folder)
            #expect(inline[.redis].displayValue == "redis://u:***@host/1")
            #expect(inline.problems.map(\.line) == [2])
            #expect(inline.problems.first?.severity == .warning)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(try Configuration.load(environment: [:], from: folder).problems == [])

            try FileManager.default.removeItem(atPath: folder + "/url")
            try "redis_url_file: url\n".write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: ConfigurationError.self) {
                try Configuration.load(environment: [:], from: folder)
            }
            #expect(error?.description == "\(folder)/url: error: cannot be used as redis_url_file: it does not exist")
        }
    }

    @Test("Slots of a queue are refused as its rate is, since nothing enforces them")
    func queueSlots() throws {
        for key in ["slots", "rate", "concurrency"] {
            let file = ConfigurationFile(
                text: "queues:\n  mail: {\(key): 4}\n", path: "stint.yaml", directory: "/", environment: [:])
            #expect(
                file.problems.map(\.description) == [
                    "stint.yaml:2: error: '\(key)' in queues.mail is not supported yet"
                ])
        }
    }
}
