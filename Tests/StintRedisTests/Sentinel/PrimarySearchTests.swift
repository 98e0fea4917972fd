// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

/// Sentinels are named by their places; nothing here opens a socket.
@Suite struct PrimarySearchTests {
    private let old = RedisConfiguration.Address.tcp(host: "10.0.0.1", port: 6379)
    private let new = RedisConfiguration.Address.tcp(host: "10.0.0.2", port: 6379)
    private let down = PrimarySearch.Answer.failed(.unreachable("connection refused"))

    private func search(_ count: Int = 3) -> PrimarySearch {
        PrimarySearch(
            options: SentinelOptions(
                primaryName: "mymaster", addresses: (1...count).map { .tcp(host: "s\($0)", port: 26_379) }))
    }

    @Test("The sentinels are asked one after the other until one answers, and that one is the first next time")
    func order() {
        var search = search()
        #expect(search.look() == .ask(0))
        #expect(search.answered(down) == .ask(1))
        #expect(search.answered(.unknownName) == .ask(2))
        #expect(search.answered(.primary(old)) == .use(old))
        search.ended(at: old)
        // It named a primary that was lost, so it is asked last; the one asked first before is the first again.
        #expect(search.look() == .ask(0))
        #expect(search.answered(down) == .ask(1))
        #expect(search.answered(down) == .ask(2))
    }

    @Test("Everybody who looks meanwhile shares the question, and everybody later the answer")
    func shared() {
        var search = search()
        #expect(search.look() == .ask(0))
        #expect(search.look() == .none)
        #expect(search.answered(.primary(old)) == .use(old))
        #expect(search.look() == .use(old))
    }

    @Test("The end of a connection to another address than the present one changes nothing")
    func otherEnd() {
        var search = search()
        _ = search.look()
        _ = search.answered(.primary(new))
        search.ended(at: old)
        #expect(search.look() == .use(new))
    }

    @Test("An announced switch answers who waits, and is not undone by an older answer")
    func announced() {
        var search = search()
        #expect(search.look() == .ask(0))
        #expect(search.switched(to: new) == .use(new))
        #expect(search.answered(.primary(old)) == .none)
        #expect(search.look() == .use(new))
        #expect(search.switched(to: old) == .none)
        #expect(search.look() == .use(old))
    }

    @Test("When none knows, the failure names each sentinel's reason and the command to look with")
    func fails() {
        var search = search(2)
        _ = search.look()
        _ = search.answered(down)
        guard case .fail(.unreachable(let reason)) = search.answered(.unknownName) else {
            Issue.record("it did not fail, or for good")
            return
        }
        #expect(reason.contains("s1:26379: connection refused; s2:26379: it knows no primary 'mymaster'"))
        #expect(reason.contains("redis-cli -h s1 -p 26379 sentinel get-master-addr-by-name mymaster"))
        // The next one who looks begins anew.
        #expect(search.look() == .ask(0))
    }

    @Test("A name that no sentinel knows, or a login that all refuse, is not worth waiting for")
    func hopeless() {
        for answer in [PrimarySearch.Answer.unknownName, .failed(.refused("WRONGPASS"))] {
            var search = search(2)
            _ = search.look()
            _ = search.answered(answer)
            guard case .fail(.refused) = search.answered(answer) else {
                Issue.record("it is worth waiting for: \(answer)")
                return
            }
        }
    }
}
