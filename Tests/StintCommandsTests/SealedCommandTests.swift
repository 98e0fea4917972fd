// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Foundation
import Stint
import StintCommands
import Testing

/// The command line with a file of keys.
@Suite struct SealedCommandTests {
    private static let payload = #"{"name":"hunter2-Kanarienvogel"}"#

    @Test("A job that is enqueued with keys runs with them, is shown with them, and is only named without")
    func life() async throws {
        try await withWorkshop { stint async throws in
            let keys = ["STINT_KEYS_FILE": stint.folder + "/stint.keys"]
            #expect(await stint("keys", "new", "--id", "k1", environment: keys).output == "k1\n")
            let added = await stint("enqueue", "cat", Self.payload, "--id", "a1", "--keep", "10m", environment: keys)
            #expect(added.status == .ok, "\(added.errors)")
            let closed = await stint("job", "show", "a1", terminal: 160)
            #expect(
                closed.output.contains(
                    "sealed (key k1): The payload is sealed with key k1, and this process has no keys."))
            let document = await stint("job", "show", "a1", "--json")
            #expect(document.output.contains(#""sealed":{"key":"k1","open":false,"problem":"The payload"#))
            #expect(document.output.contains(#""payload":null"#))
            for part in ["--payload", "--payload --raw", "--result"] {
                let words = ["job", "show", "a1"] + part.split(separator: " ").map(String.init)
                let run = await CommandRun.stint(words, environment: stint.environment, directory: stint.folder)
                #expect(run.status == .noPermission && run.output.isEmpty, "\(part): \(run.errors)")
                #expect(run.errors.contains("sealed with key k1") && run.errors.contains("STINT_KEYS_FILE"))
            }
            #expect(await stint("run", "--job", "a1").status == .noPermission)
            #expect(await stint("run", "--job", "a1", environment: keys).output == Self.payload)
            #expect(await stint("job", "show", "a1", "--payload", environment: keys).output == Self.payload + "\n")
            let worked = await stint("work", "--drain", environment: keys)
            #expect(worked.status == .ok && !worked.errors.contains("Kanarienvogel"), "\(worked.errors)")
            let result = await stint("job", "show", "a1", "--result", environment: keys)
            #expect(result.output == Self.payload + "\n")
            let shown = await stint("job", "show", "a1", terminal: 160, environment: keys)
            #expect(shown.output.contains("sealed") && shown.output.contains("key k1\n"))
            let config = await stint("config", "show", environment: keys)
            #expect(config.output.contains("stint.keys") && !config.output.contains("unique "))
        }
    }

    @Test("A worker with keys refuses what is not sealed; the setting 'sealing' lets it pass")
    func plaintext() async throws {
        try await withWorkshop { stint async throws in
            let keys = ["STINT_KEYS_FILE": stint.folder + "/stint.keys"]
            await stint("keys", "new", environment: keys)
            await stint("enqueue", "cat", "{}", "--id", "a1")
            #expect(await stint("run", "--job", "a1", environment: keys).status == .noPermission)
            #expect(await stint("work", "--drain", environment: keys).status == .ok)
            let dead = await stint("dead", "ls", terminal: 200)
            #expect(dead.output.contains("The payload is not sealed, and only sealed jobs are accepted here."))
            await stint("dead", "retry", "a1")
            let accepting = keys.merging(["STINT_SEALING": "accepting"]) { $1 }
            #expect(await stint("run", "--job", "a1", environment: accepting).output == "{}")
            #expect(await stint("work", "--drain", environment: accepting).status == .ok)
            #expect(await stint("job", "show", "a1").status == .notFound)
        }
    }

    @Test("Keys are named by stint.yaml as well, and a file that cannot be used ends the command")
    func configuration() async throws {
        try await withWorkshop { stint async throws in
            let yaml = try String(contentsOfFile: stint.folder + "/stint.yaml", encoding: .utf8)
            try stint.write("stint.yaml", "keys: secret/keys\n" + yaml)
            try FileManager.default.createDirectory(
                atPath: stint.folder + "/secret", withIntermediateDirectories: true)
            let missing = await stint("enqueue", "cat", "{}")
            #expect(missing.status == .invalidConfiguration && missing.errors.contains("secret/keys cannot be read"))
            #expect(await stint("keys", "new", "--id", "a").status == .ok)
            #expect(await stint("keys", "new", "--id", "b", "--standby").status == .ok)
            #expect(await stint("keys", "ls").output == "b\topens\na\tseals and opens\n")
            #expect(await stint("keys", "use", "b").status == .ok)
            #expect(await stint("keys", "ls", "--json").lines.first == #"{"id":"b","seals":true}"#)
            #expect(await stint("keys", "use", "c").status == .usage)
            #expect(await stint("enqueue", "cat", "{}", "--id", "a1").status == .ok)
            #expect(await stint("job", "show", "a1", "--json").output.contains(#""sealed":{"key":"b","open":true"#))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: stint.folder + "/secret/keys")
            let open = await stint("enqueue", "cat", "{}")
            #expect(open.status == .invalidConfiguration && open.errors.contains("chmod 600"), "\(open.errors)")
            try stint.write("stint.yaml", "sealing: never\n" + yaml)
            #expect(await stint("enqueue", "cat", "{}").errors.contains("'required' or 'accepting'"))
            try stint.write("stint.yaml", "sealing: accepting\n" + yaml)
            #expect(await stint("enqueue", "cat", "{}").errors.contains("no file of keys is named"))
        }
    }
}
#endif
