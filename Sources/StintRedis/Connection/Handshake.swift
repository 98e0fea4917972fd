// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The login: what a new connection sends before anything else, and what its replies mean.
///
/// Does no I/O.
///
/// AUTH where there is a password, SELECT where it is not database 0, and always CLIENT SETNAME, whose reply also tells
/// whether Redis wants a password that we do not have; ROLE where only a primary will do. All are sent in one go.
struct Handshake {
    private enum Step: Equatable {
        case auth
        case select(Int)
        case name
        case role
    }

    enum Progress: Equatable {
        case waiting
        case done
        case failed(ConnectFailure)
    }

    /// What to send.
    let commands: [RedisCommand]
    private var steps: [Step]

    /// Plans the login of `configuration`; `password` is its password, read from its file where it names one.
    init(configuration: RedisConfiguration, password: String?, needsPrimary: Bool = false) {
        var commands: [RedisCommand] = []
        var steps: [Step] = []
        if let password {
            let credentials = configuration.username.map { [$0, password] } ?? [password]
            commands.append(RedisCommand("AUTH", credentials))
            steps.append(.auth)
        }
        if configuration.database != 0 {
            commands.append(RedisCommand("SELECT", String(configuration.database)))
            steps.append(.select(configuration.database))
        }
        commands.append(RedisCommand("CLIENT", "SETNAME", configuration.clientName))
        steps.append(.name)
        if needsPrimary {
            commands.append(RedisCommand("ROLE"))
            steps.append(.role)
        }
        self.commands = commands
        self.steps = steps.reversed()
    }

    /// Takes the next reply.
    mutating func received(_ reply: RedisValue) -> Progress {
        guard let step = steps.popLast() else { return .done }
        if let error = reply.errorValue, let failure = Self.judge(error, at: step) {
            return .failed(failure)
        }
        if step == .role, reply.arrayValue?.first?.string != "master" {
            let role = reply.arrayValue?.first?.string ?? "nothing"
            return .failed(.unreachable("it is no primary (ROLE says \(role)); a failover may be under way"))
        }
        return steps.isEmpty ? .done : .waiting
    }

    private static func judge(_ error: RedisServerError, at step: Step) -> ConnectFailure? {
        switch (error.code, step) {
        case ("NOAUTH", _):
            return .refused("Redis asks for a password (NOAUTH), and none is configured")
        case ("WRONGPASS", _):
            return .refused("Redis refused the user name or password (WRONGPASS)")
        case ("DENIED", _):
            return .refused("Redis refused the connection: \(error)")
        case (_, _) where error.message.hasPrefix("max number of clients"):
            return .unreachable("Redis has reached its maximum number of clients")
        case ("LOADING", .name), ("MASTERDOWN", .name), ("BUSY", .name):
            // The connection is good; commands will get the same reply and their caller waits.
            return nil
        case ("LOADING", _), ("MASTERDOWN", _), ("BUSY", _):
            return .unreachable("Redis is not ready: \(error)")
        case ("NOPERM", .role):
            return .refused("this user may not call ROLE, which tells a primary from a replica; give it +role")
        case (_, .role):
            return .unreachable("it does not tell its role: \(error)")
        case (_, .auth):
            return .refused("Redis refused to log in: \(error)")
        case (_, .select(let database)):
            return .refused("Redis refused to select database \(database): \(error)")
        case (_, .name):
            // A user may be allowed its commands but not to name its connection: nothing that matters is lost.
            return nil
        }
    }
}
