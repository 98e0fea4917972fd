// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// The connection is cut within a script's request and reply, the library repeats the call, and the queue is as if it had
/// been made once.
///
/// `STINT_CUTS=all` cuts after every byte; else it does so at every boundary of the protocol's frames and at some forty
/// places between, of a reply at all if it is short.
@Suite struct StepKillTests {
    @Test("Wherever the connection is cut, a call is carried out once", arguments: StepCall.allCases)
    func cut(call: StepCall) async throws {
        let clock = try ServerClock()
        try await ScriptBench.with(clock: clock) { bench in
            let fixture = try await StepFixture(bench, clock)
            let upstream = String(bench.url.dropFirst("redis+unix://".count))
            let proxy = try StepProxy(path: upstream + ".cut", upstream: upstream)
            defer { proxy.close() }
            let core = Self.core(proxy.path)
            for script in [call.script, Scripts.openLaneScript, Scripts.cancelScript] {
                // Known from the start, so that what is cut is the call and not the answer that it is unknown.
                try await bench.redis("SCRIPT", "LOAD", script.source)
            }
            try await fixture.restore()
            proxy.arm(call.script.sha1, nil)
            let reply = try await call.perform(fixture, core)
            let wanted = try await fixture.state()
            let (request, answer) = proxy.measured
            try #require(!request.isEmpty && !answer.isEmpty)
            let cuts =
                Self.places(request, isShort: false).map(StepProxy.Cut.request)
                + Self.places(answer, isShort: answer.count <= 100).dropLast().map(StepProxy.Cut.reply)
            var slowest = Duration.zero
            for cut in cuts {
                let start = ContinuousClock.now
                defer { slowest = max(slowest, ContinuousClock.now - start) }
                try await fixture.restore()
                proxy.arm(call.script.sha1, cut)
                let again = try await call.perform(fixture, core)
                try #require(proxy.cuts == 1, "\(cut) of \(call)")
                if !call.repliesOtherwise { try #require(again == reply, "\(cut) of \(call)") }
                let state = try await fixture.state()
                try #require(state == wanted, "\(cut) of \(call)")
            }
            await core.close()
            try await fixture.restore()
            Self.report(
                "\(call.rawValue): \(cuts.count) cuts in \(request.count) + \(answer.count) bytes, slowest \(slowest)")
        }
    }

    /// Says how many places were tried, on standard error.
    private static func report(_ line: String) { FileHandle.standardError.write(Data("step-kill \(line)\n".utf8)) }

    private static let cutsAll = ProcessInfo.processInfo.environment["STINT_CUTS"] == "all"

    /// After how many bytes to cut.
    private static func places(_ bytes: [UInt8], isShort: Bool) -> [Int] {
        if cutsAll || isShort { return Array(0...bytes.count) }
        let frames = bytes.indices.filter { bytes[$0] == 10 }.map { $0 + 1 }
        let step = max(1, bytes.count / 40)
        return Set([0, bytes.count] + frames + stride(from: 0, to: bytes.count, by: step)).sorted()
    }

    /// A client on the proxy that waits for nothing longer than it must, nor for the connections of other tests.
    private static func core(_ path: String) -> ClientCore {
        let reactor = NIOReactor()
        let random = CountingRandom()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = RedisNode(
            configuration: RedisConfiguration(socketPath: path), reactor: reactor, random: random,
            starts: ConnectionStarts(perSecond: 1_000_000), logger: logger)
        return ClientCore(
            transport: node.commands, blocking: node.blocking, reactor: reactor, random: random,
            wallClock: { 1_700_000_000_000 }, namespace: "stint", logger: logger, commandTimeout: .seconds(120),
            subscribe: { _, _, _ in {} }, close: { await node.shutdown() })
    }
}

/// Small numbers, each once: no jitter, and names of lanes that differ.
final class CountingRandom: RandomSource {
    private let last = Mutex<UInt64>(0)

    func next() -> UInt64 {
        last.withLock { last in
            last += 1
            return last
        }
    }
}
