// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintCommands
import Testing

/// What a hint repeats of a command line may be shown, logged and followed.
@Suite struct RetypedTests {
    private func retyped(_ words: [String], in folder: String = "/nonexistent") -> String {
        var invocation = Invocation.process
        invocation.arguments = words
        invocation.directory = folder
        return invocation.retyped()
    }

    @Test(
        "A payload is not repeated, wherever it stands; what only names one is",
        arguments: [
            (["enqueue", "n", "{\"s\":1}"], "stint enqueue n -"),
            (["enqueue", "--wait", "n", "secret", "--queue", "mail"], "stint enqueue --wait n - --queue mail"),
            (["enqueue", "--in", "5m", "n", "--", "-5"], "stint enqueue --in 5m n -- -"),
            (["enqueue", "n", "--raw", "secret"], "stint enqueue n --raw -"),
            (["enqueue", "n", "@p.json", "--key", "k"], "stint enqueue n @p.json --key k"),
            (["--namespace", "x", "enqueue", "n", "secret"], "stint enqueue --namespace x n -"),
            (["run", "n", "--json", "secret"], "stint run n --json -"),
            (["job", "rm", "a", "b"], "stint job rm a b"),
        ])
    func payload(words: [String], hint: String) { #expect(retyped(words) == hint) }

    @Test("Every other option of enqueue stays beside its value")
    func options() {
        let words = [
            "enqueue", "n", "-", "--queue", "q", "--in", "1s", "--priority", "high", "--key", "k", "--on-duplicate",
            "replace", "--key-window", "1h", "--attempts", "3", "--backoff", "b", "--timeout", "1s", "--ttl", "1h",
            "--keep", "1h", "--tag", "a=b", "--id", "i", "--count", "2", "--redis", "redis://h", "--data", "d",
        ]
        #expect(retyped(words) == "stint " + words.joined(separator: " "))
    }

    @Test("A file of ids that is there gets another name, so that who follows the hint keeps it")
    func ids() async throws {
        try await withFolder { folder in
            for name in ["ids", "ids.2"] { try Data("1".utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
            let bulk = ["enqueue", "--bulk", "jobs"]
            #expect(retyped(bulk + ["--ids", "ids"], in: folder) == "stint enqueue --bulk jobs --ids ids.3")
            #expect(retyped(bulk + ["--ids=ids"], in: folder) == "stint enqueue --bulk jobs --ids=ids.3")
            for name in ["-", "new", "/dev/null"] {
                #expect(retyped(bulk + ["--ids", name], in: folder).hasSuffix("--ids \(name)"))
            }
        }
    }

    @Test("The ids are not written into the file that is read")
    func sameFile() async throws {
        try await withWorkshop { stint async throws in
            try stint.write("jobs", "{\"name\": \"hello\"}\n")
            let run = await stint("enqueue", "--bulk", "jobs", "--ids", "jobs")
            #expect(run.status == .usage && run.errors.contains("--ids names the file that --bulk reads"))
            #expect(try String(contentsOfFile: stint.folder + "/jobs", encoding: .utf8).hasPrefix("{"))
        }
    }

    @Test("Neither hint nor error of a refused duplicate or payload tells it inside a function")
    func inFunction() async throws {
        try await withWorkshop { stint async throws in
            let inside = ["STINT_JOB_ID": "outer"]
            _ = await stint("enqueue", "hello", #"{"pin": "geheim"}"#, "--key", "k", environment: inside)
            let again = await stint("enqueue", "hello", #"{"pin": "geheim"}"#, "--key", "k", environment: inside)
            #expect(again.status == .refusedByState)
            #expect(again.errors.contains("stint enqueue hello - --key k --on-duplicate existing"), "\(again.errors)")
            let bad = await stint("enqueue", "hello", "{geheim", environment: inside)
            let line = await stint("enqueue", "--bulk", input: "{geheim\n", environment: inside)
            for run in [again, bad, line] { #expect(!run.errors.contains("geheim"), "\(run.errors)") }
        }
    }
}
