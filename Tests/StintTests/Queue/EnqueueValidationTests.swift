// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Stint

@Suite struct EnqueueValidationTests {
    private let validation = EnqueueValidation(maxPayloadBytes: 100)

    private func code(_ name: String = "n", _ payload: [UInt8] = [], _ options: JobOptions) -> StintError.Code? {
        do {
            _ = try validation.check(name: name, payload: payload, options: options)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "Names of queues that break the rule are refused",
        arguments: ["", "Mail", "a b", "a{b}", "a:b", "ü", String(repeating: "a", count: 65), "a\u{0}"])
    func queueNames(queue: String) {
        #expect(code("n", [], .init(queue: queue)) == .invalidInput)
    }

    @Test("Names of jobs that break the rule are refused", arguments: ["", "a\nb", "a\u{1b}[m", "a\u{85}", "\u{7f}"])
    func jobNames(name: String) {
        #expect(code(name, [], .init()) == .invalidInput)
    }

    @Test("Limits hold at their edge")
    func edges() {
        #expect(code(String(repeating: "n", count: 128), [], .init()) == nil)
        #expect(code(String(repeating: "n", count: 129), [], .init()) == .invalidInput)
        #expect(code("n", [UInt8](repeating: 0, count: 100), .init()) == nil)
        #expect(code("n", [UInt8](repeating: 0, count: 101), .init()) == .payloadTooLarge)
        #expect(code("n", [], .init(queue: String(repeating: "q", count: 64))) == nil)
        #expect(code("n", [], .init(unique: .key(String(repeating: "k", count: 256)))) == nil)
        #expect(code("n", [], .init(unique: .key(String(repeating: "k", count: 257)))) == .invalidInput)
        #expect(code("n", [], .init(unique: .key(""))) == .invalidInput)
        let tags = Dictionary(uniqueKeysWithValues: (0..<17).map { ("k\($0)", "v") })
        #expect(code("n", [], .init(tags: tags)) == .invalidInput)
        #expect(code("n", [], .init(tags: ["k": String(repeating: "v", count: 129)])) == .invalidInput)
        #expect(code("n", [], .init(tags: ["k": "a\u{1b}"])) == .invalidInput)
    }

    @Test("Times must make sense")
    func times() {
        #expect(code("n", [], .init(delay: .seconds(-1))) == .invalidInput)
        #expect(code("n", [], .init(delay: .seconds(1), runAt: Date())) == .invalidInput)
        #expect(code("n", [], .init(runAt: Date(timeIntervalSince1970: -5))) == nil)
        #expect(code("n", [], .init(runAt: Date(timeIntervalSince1970: .infinity))) == .invalidInput)
        #expect(code("n", [], .init(runAt: .distantFuture)) == nil)
        #expect(code("n", [], .init(timeout: .zero)) == .invalidInput)
        #expect(code("n", [], .init(expiresAfter: .zero)) == .invalidInput)
        #expect(code("n", [], .init(keep: .seconds(40 * 365 * 86_400))) == .invalidInput)
        #expect(code("n", [], .init(retry: .fixed(.seconds(1), attempts: 0))) == .invalidInput)
        #expect(code("n", [], .init(retry: .fixed(.seconds(1), attempts: 65_536))) == .invalidInput)
        #expect(code("n", [], .init(retry: .fixed(.seconds(-1)))) == .invalidInput)
    }
}
