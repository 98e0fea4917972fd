// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct SentinelURLTests {
    @Test("A Sentinel URL names sentinels, the primary and the database, and keeps the two logins apart")
    func full() throws {
        let configuration = try RedisConfiguration(
            url: "redis+sentinel://worker:s3cret@h1,h2:26380,[::1]/my%2Dmaster/2"
                + "?sentinel_user=watch&sentinel_password_file=/run/secret&timeout=2")
        let sentinel = try #require(configuration.sentinel)
        #expect(sentinel.primaryName == "my-master")
        #expect(
            sentinel.addresses == [
                .tcp(host: "h1", port: 26_379), .tcp(host: "h2", port: 26_380), .tcp(host: "::1", port: 26_379),
            ])
        #expect(sentinel.username == "watch" && sentinel.passwordFile == "/run/secret" && sentinel.password == nil)
        #expect(configuration.username == "worker" && configuration.password == "s3cret")
        #expect(configuration.database == 2 && configuration.commandTimeout == .seconds(2))
        #expect(configuration.redactedURL == "redis+sentinel://worker:***@h1:26379,h2:26380,[::1]:26379/my-master/2")
        #expect(
            configuration.endpoint == "'my-master' (by the sentinels h1:26379, h2:26380, [::1]:26379)")
        let asked = configuration.sentinelConfiguration(sentinel.addresses[0], of: sentinel)
        #expect(asked.password == nil && asked.username == "watch" && asked.database == 0 && asked.sentinel == nil)
    }

    @Test(
        "A Sentinel URL that cannot be used says why",
        arguments: [
            ("redis+sentinel://h1", "names the primary after the sentinels"),
            ("redis+sentinel://h1/", "names the primary after the sentinels"),
            ("redis+sentinel://h1/a/1/2", "names the primary after the sentinels"),
            ("redis+sentinel://h1/my%20master", "no spaces"),
            ("redis+sentinel://h1,,h2/m", "names no host"),
            ("redis+sentinel:///m", "names no host"),
            ("redis+sentinel://h1:x/m", "from 1 to 65535"),
            ("redis+sentinel://h1/m/x", "must be a number"),
            ("redis://h1?sentinel_user=a", "needs a redis+sentinel:// URL"),
            ("redis+sentinel://h1/m?ca=x", "needs a rediss://"),
        ])
    func unusable(url: String, reason: String) {
        let error = #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(url: url) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
