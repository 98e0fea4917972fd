// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct HandshakeTests {
    private func handshake(password: String? = nil, database: Int = 0) -> Handshake {
        var configuration = RedisConfiguration(host: "localhost")
        configuration.username = "worker"
        configuration.database = database
        return Handshake(configuration: configuration, password: password)
    }

    private let ok = RedisValue.status(Array("OK".utf8))

    private func error(_ line: String) -> RedisValue {
        .error(RedisServerError(line: Array(line.utf8)))
    }

    @Test("The login sends user and password, the database and a name")
    func commands() {
        let full = handshake(password: "secret", database: 3)
        #expect(
            full.commands == [
                RedisCommand("AUTH", "worker", "secret"), RedisCommand("SELECT", "3"),
                RedisCommand("CLIENT", "SETNAME", "stint"),
            ])
        #expect(handshake().commands == [RedisCommand("CLIENT", "SETNAME", "stint")])
    }

    @Test("The login is done with the last reply")
    func done() {
        var handshake = handshake(password: "secret", database: 3)
        #expect(handshake.received(ok) == .waiting)
        #expect(handshake.received(ok) == .waiting)
        #expect(handshake.received(ok) == .done)
    }

    @Test(
        "What waiting cannot change is refused",
        arguments: [
            "WRONGPASS invalid username-password pair", "NOAUTH Authentication required.",
            "ERR AUTH <password> called without any password configured", "DENIED Redis is running in protected mode",
        ])
    func refused(line: String) {
        var handshake = handshake(password: "secret")
        guard case .failed(.refused) = handshake.received(error(line)) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("A database that does not exist or is not allowed is refused")
    func database() {
        var handshake = handshake(database: 99)
        guard case .failed(.refused) = handshake.received(error("ERR DB index is out of range")) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("Too many clients or loading is worth trying again")
    func unreachable() {
        var handshake = handshake(password: "secret")
        #expect(
            handshake.received(error("ERR max number of clients reached"))
                == .failed(.unreachable("Redis has reached its maximum number of clients")))
        var other = self.handshake(password: "secret")
        guard case .failed(.unreachable) = other.received(error("LOADING Redis is loading")) else {
            Issue.record("not worth trying again")
            return
        }
    }

    @Test("A user that may not name its connection is logged in all the same")
    func noName() {
        var handshake = handshake()
        #expect(handshake.received(error("NOPERM this user has no permissions")) == .done)
    }

    @Test("Where only a primary will do, the role is asked for, and a replica or a silent server is left")
    func role() {
        func progress(_ reply: RedisValue) -> Handshake.Progress {
            var handshake = Handshake(
                configuration: RedisConfiguration(host: "localhost"), password: nil, needsPrimary: true)
            #expect(handshake.commands.last == RedisCommand("ROLE"))
            #expect(handshake.received(ok) == .waiting)
            return handshake.received(reply)
        }
        #expect(progress(.array([.text("master"), .integer(0), .array([])])) == .done)
        for reply in [
            RedisValue.array([.text("slave"), .text("h"), .integer(1)]), .array([.text("sentinel")]),
            error("BUSY Redis is busy running a script."), error("ERR unknown command 'ROLE'"), .integer(1), .null,
        ] {
            guard case .failed(.unreachable) = progress(reply) else {
                Issue.record("it is used: \(reply)")
                return
            }
        }
        guard case .failed(.refused) = progress(error("NOPERM this user has no permissions")) else {
            Issue.record("not refused")
            return
        }
    }
}
