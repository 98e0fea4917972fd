// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Stint
import StintRedis
import StintTesting

/// What all simulated processes share: one loop, one Redis, one history, the faults of the network, the model.
///
/// Confined to one thread; `Sendable` only because closures of the reactor must be.
final class World: @unchecked Sendable {
    let reactor = SteppedReactor()
    let server: SimulatedServer
    let dice: Dice
    let networkDice: Dice
    let lease: Duration
    var history: History
    let model: Model
    /// Microseconds that the clock of Redis is ahead of the reactor's.
    private var clockOffset: Int64 = ServerClock.start
    /// How many microseconds it gains in a second.
    private(set) var clockDrift: Int64 = 0
    private var driftSince: Duration = .zero
    /// The latest time that the clock of Redis ever showed, but for what has passed since it was last looked at.
    private(set) var latestRedisTime: Int64 = ServerClock.start
    var waiters: [BlockedCall] = []
    /// Every process there ever was: what is under way may outlast the one that sent it.
    private var processes: [SimulatedProcess] = []
    /// Faults are over: everything arrives at once.
    var isHealed = false
    /// Nothing gets through before.
    var outageUntil: Duration = .zero
    /// The first thing that was found, which ends the run.
    private(set) var finding: String?
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    private var nextSerial = 0

    init(server: SimulatedServer, seed: UInt64, isRecording: Bool) {
        self.server = server
        dice = Dice(seed: seed)
        networkDice = Dice(seed: seed ^ 0x5eed_0001)
        lease = [.seconds(2), .seconds(3), .seconds(5), .seconds(10)][dice.below(4)]
        history = History(isRecording: isRecording)
        model = Model()
        model.onFinding = { [unowned self] in report($0) }
    }

    var now: Duration { reactor.now }

    func add(_ process: SimulatedProcess) { processes.append(process) }

    /// Lets go of everything, so that no ring of references keeps it.
    func tearDown() {
        for process in processes { process.tearDown() }
        processes = []
        waiters = []
        model.onFinding = nil
        model.onReap = nil
        reactor.cancelAll()
    }

    /// Redis time in microseconds.
    var redisMicroseconds: Int64 {
        let passed = now - driftSince
        return clockOffset + Int64(now / .microseconds(1)) + Int64(passed / .seconds(1) * Double(clockDrift))
    }

    /// Redis time in milliseconds, as the scripts see it.
    var redisMilliseconds: Int64 { redisMicroseconds / 1000 }

    /// Sets the clock of Redis forwards or backwards.
    func jumpClock(by microseconds: Int64) {
        latestRedisTime = max(latestRedisTime, redisMicroseconds)
        clockOffset += microseconds
        note("the clock of Redis jumps by \(microseconds / 1000) ms")
    }

    /// Lets the clock of Redis gain (or lose) so many microseconds a second.
    func setDrift(_ drift: Int64) {
        clockOffset += Int64((now - driftSince) / .seconds(1) * Double(clockDrift))
        driftSince = now
        clockDrift = drift
        note("the clock of Redis gains \(drift) µs a second")
    }

    /// Numbers calls and processes in the order they are made.
    func serial() -> Int {
        nextSerial += 1
        return nextSerial
    }

    func note(_ line: @autoclosure () -> String) {
        history.note("\(Int64(now / .microseconds(1))) \(line())")
    }

    /// Notes something that must not be.
    func report(_ what: String) {
        note("FOUND: \(what)")
        if finding == nil { finding = what }
    }

    /// Carries a command to Redis, waits for the reply, and lets the model judge both.
    func execute(_ command: RedisCommand, from process: String) -> Result<RedisValue, RedisFailure> {
        server.clock.microseconds = redisMicroseconds
        latestRedisTime = max(latestRedisTime, redisMicroseconds)
        let call = ObservedCall(command)
        let mayWake = !waiters.isEmpty && call?.mayWake != false
        do {
            let wakes = mayWake ? [RedisCommand("EXISTS", Array(Set(waiters.flatMap(\.keys))).sorted())] : []
            let replies = try server.connection.ask([command] + wakes)
            let reply = replies[0]
            let sums = [
                UInt64(Int64(now / .microseconds(1))), command.bytes.withUnsafeBytes { Checksum.of($0) },
                server.connection.checksum,
            ]
            history.note(sums) {
                "\(sums[0]) \(process): \(call?.text ?? command.name) -> \(Self.short(reply)) #\(sums[2])"
            }
            if case .error(let error) = reply {
                if error.code != "NOSCRIPT" { report("\(call?.text ?? command.name) broke off: \(error)") }
                return .failure(.server(error))
            }
            if let call { model.observe(call, reply, nowUs: redisMicroseconds, at: now) }
            if mayWake, replies[1].integerValue ?? 0 > 0 { serveWaiters() }
            return .success(reply)
        } catch {
            report("the simulation cannot go on: \(error)")
            return .failure(.closed)
        }
    }

    private static func short(_ value: RedisValue) -> String {
        switch value {
        case .null: "nil"
        case .integer(let number): "\(number)"
        case .status(let bytes): String(decoding: bytes, as: UTF8.self)
        case .bytes(let bytes): bytes.count < 100 ? "'\(printable(bytes))'" : "'\(printable(bytes.prefix(30)))…'"
        case .array(let elements): "[\(elements.prefix(12).map(short).joined(separator: " "))]"
        case .error(let error): "error \(error)"
        }
    }

    private static func printable(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes.map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }
}
