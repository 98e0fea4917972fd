// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Stint
import StintFunctions
import StintTerminal

/// The command `stint config acl`.
struct ConfigACLCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl", abstract: "Print Redis users that have just the rights that this version needs.",
        discussion: """
            Without --role one user for each role, with it one user for all roles given:
              producer   enqueues, waits for results, cancels
              worker     runs jobs
              dashboard  reads everything, writes nothing
              operator   reads everything; pauses, retries, promotes, removes, purges, cancels

            The lines go into redis.conf or the file that its aclfile names. Redis takes no line before its
            placeholder is replaced by the SHA-256 of a password, which --password-file does.

            Examples:
              stint config acl
              stint config acl --role worker --role producer --user app --password-file app.secret
              stint config acl --role dashboard --password-file - | sed 's/^user /ACL SETUSER /' | redis-cli
            """)

    @Option(
        help: ArgumentHelp("What the user does; may be given several times.", valueName: "role"),
        completion: .list(AccessRole.allCases.map(\.rawValue)), transform: Self.role)
    var role: [AccessRole] = []
    @Option(help: ArgumentHelp("The user's name (default: stint- and its roles).", valueName: "name"))
    var user: String?
    @Option(
        help: ArgumentHelp("Prefix of all keys (default: STINT_NAMESPACE, stint.yaml, else stint).", valueName: "name"))
    var namespace: String?
    @Option(
        help: ArgumentHelp("Take the password from the first line of this file; - reads stdin.", valueName: "file"))
    var passwordFile: String?
    @Flag(help: "Let producers ask for --durability fsynced; needs Redis 7.2 or Valkey.") var fsync = false
    @OptionGroup var document: DocumentOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard role.isEmpty, user != nil || passwordFile != nil else { return }
        throw ValidationError("--user and --password-file make one user: say with --role what it does")
    }

    func perform(on console: Console) async throws {
        let invocation = Invocation.current
        var flags: [SettingKey: String] = [:]
        flags[.namespace] = namespace
        let settings = try Configuration.load(flags, in: invocation)
        let secret = try passwordFile.map { "#" + SHA256.hex(try Self.password($0, invocation)) }
        let sets = role.isEmpty ? AccessRole.allCases.map { [$0] } : [Set(role)]
        for roles in sets {
            let rules = try AccessRules(
                roles, namespace: settings[.namespace].value ?? "stint", user: user, secret: secret, allowsFsync: fsync)
            if document.json {
                console.document(Self.json(rules))
            } else {
                console.data(Sanitizer.visible(rules.line))
            }
        }
        if secret == nil, !document.json {
            console.hint("replace \(AccessRules.placeholder), as by: printf %s \"$PASSWORD\" | sha256sum")
        }
    }

    private static func role(_ text: String) throws -> AccessRole {
        guard let role = AccessRole(rawValue: text.lowercased()) else {
            let names = AccessRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is no role; there are \(names)")
        }
        return role
    }

    private static func json(_ rules: AccessRules) -> JSONValue {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return .object([
            .init("user", .string(rules.user)),
            .init("roles", list(AccessRole.allCases.filter(rules.roles.contains).map(\.rawValue))),
            .init("namespace", .string(rules.namespace)), .init("keys", list(rules.keys)),
            .init("channels", list(rules.channels)), .init("commands", list(rules.commands)),
            .init("rules", list(rules.rules)),
        ])
    }

    /// The first line of a file or of stdin.
    private static func password(_ file: String, _ invocation: Invocation) throws -> [UInt8] {
        let limit = 4096
        let bytes: [UInt8]
        if file == "-" {
            var input = invocation.readInput()
            bytes = input.next(limit: limit) ?? []
        } else {
            do {
                let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: invocation.path(file)))
                defer { try? handle.close() }
                bytes = Array(try handle.read(upToCount: limit) ?? Data())
            } catch {
                throw CommandFailure.usage("cannot read \(file): \(error.localizedDescription)")
            }
        }
        let line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
        guard !line.isEmpty else { throw CommandFailure.usage("there is no password in the first line of \(file)") }
        return line
    }
}
