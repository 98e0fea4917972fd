// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Testing

@Suite struct RedisConfigurationTests {
    @Test("A plain URL names host, port and database")
    func plain() throws {
        let configuration = try RedisConfiguration(url: "redis://queue.example:6380/2")
        #expect(configuration.address == .tcp(host: "queue.example", port: 6380))
        #expect(configuration.database == 2 && configuration.tls == nil)
        #expect(try RedisConfiguration(url: "redis://queue.example").address == .tcp(host: "queue.example", port: 6379))
        #expect(try RedisConfiguration(url: "redis://[::1]:7/").address == .tcp(host: "::1", port: 7))
        #expect(try RedisConfiguration(url: "redis://[::1]").address == .tcp(host: "::1", port: 6379))
    }

    @Test("User and password are percent-decoded and never shown")
    func credentials() throws {
        let configuration = try RedisConfiguration(url: "redis://wor%6Ber:p%40ss%3A%2F%25@host/0")
        #expect(configuration.username == "worker" && configuration.password == "p@ss:/%")
        #expect(configuration.redactedURL == "redis://worker:***@host:6379")
        #expect("\(configuration)" == configuration.redactedURL)
        let passwordOnly = try RedisConfiguration(url: "redis://:secret@host")
        #expect(passwordOnly.username == nil && passwordOnly.password == "secret")
        #expect(passwordOnly.redactedURL == "redis://:***@host:6379")
    }

    @Test("A Unix socket is named by its path")
    func unixSocket() throws {
        let configuration = try RedisConfiguration(url: "redis+unix:///run/my%20redis.sock?db=3&client_name=w1")
        #expect(configuration.address == .unix(path: "/run/my redis.sock"))
        #expect(configuration.database == 3 && configuration.clientName == "w1")
        #expect(configuration.redactedURL == "redis+unix:///run/my%20redis.sock?db=3")
        #expect(try RedisConfiguration(url: configuration.redactedURL).address == configuration.address)
        let guarded = try RedisConfiguration(url: "redis+unix://user:secret@/run/redis.sock")
        #expect(guarded.username == "user" && guarded.password == "secret")
    }

    @Test("Options set time limits and the password file")
    func options() throws {
        let configuration = try RedisConfiguration(
            url: "redis://h?password_file=%2Frun%2Fsecret&timeout=1.5&connect_timeout=2")
        #expect(configuration.passwordFile == "/run/secret")
        #expect(configuration.commandTimeout == .seconds(1.5) && configuration.connectTimeout == .seconds(2))
        #expect(configuration.redactedURL == "redis://:***@h:6379")
    }

    @Test("A cluster is named by one or several of its nodes")
    func cluster() throws {
        let configuration = try RedisConfiguration(url: "redis+cluster://u:p%40ss@a,b:7001,[::1]:7002,a/0?timeout=2")
        #expect(configuration.isCluster)
        #expect(
            configuration.clusterSeeds == [
                .tcp(host: "a", port: 6379), .tcp(host: "b", port: 7001), .tcp(host: "::1", port: 7002),
            ])
        #expect(configuration.username == "u" && configuration.password == "p@ss")
        #expect(configuration.commandTimeout == .seconds(2))
        #expect(configuration.redactedURL == "redis+cluster://u:***@a:6379,b:7001,[::1]:7002")
        #expect(configuration.endpoint == "a:6379,b:7001,[::1]:7002")
        #expect(configuration.firstNode.redactedURL == "redis://u:***@a:6379")
        #expect(try !RedisConfiguration(url: "redis://a").isCluster)
    }

    @Test(
        "A URL that cannot be used says why",
        arguments: [
            ("localhost:6379", "has no scheme"),
            ("http://h", "unknown scheme http://; valid forms: redis://"),
            ("redis+cluster://", "names no host"),
            ("redis+cluster://h,,i", "names no host"),
            ("redis+cluster://h,i:x", "from 1 to 65535"),
            ("redis+cluster://h/1", "only the database 0"),
            ("redis+cluster://h?db=1", "only the database 0"),
            ("redis://", "names no host"),
            ("redis://h:0", "from 1 to 65535"),
            ("redis://h:99999", "from 1 to 65535"),
            ("redis://h:abc", "from 1 to 65535"),
            ("redis://::1", "into brackets"),
            ("redis://h/x", "must be a number"),
            ("redis://h/-1", "must be a number"),
            ("redis://h?tmieout=3", "unknown option tmieout"),
            ("redis://h?timeout=0", "greater than 0"),
            ("redis://h?ca=x", "needs a rediss://"),
            ("redis://u:se%cret@h", "'%' without two"),
            ("redis://u:secret#1@h", "write it as %23"),
            ("redis+unix://run/redis.sock", "three slashes"),
            ("redis+unix:///" + String(repeating: "x", count: 107), "at most 107 bytes"),
        ])
    func unusable(url: String, reason: String) {
        let error = #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(url: url) }
        #expect(error?.message.contains(reason) == true)
        #expect(error?.message.contains("secret") == false && error?.message.contains("se%cret") == false)
    }

    #if TLS
    @Test("A TLS URL verifies the server unless told not to")
    func tls() throws {
        let configuration = try RedisConfiguration(
            url: "rediss://h:6380?ca=/ca.pem&cert=/c.pem&key=/k.pem&server_name=redis.internal")
        #expect(
            configuration.tls
                == TLSOptions(
                    caFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem", serverName: "redis.internal"))
        #expect(configuration.redactedURL == "rediss://h:6380")
        #expect(try RedisConfiguration(url: "rediss://h?insecure=true").tls?.verify == false)
        #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(url: "rediss://h?cert=/c.pem") }
    }
    #else
    @Test("Without TLS in the build, a TLS URL says how to build with it")
    func tls() {
        let error = #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(url: "rediss://h") }
        #expect(error?.message.contains("package trait TLS") == true)
    }
    #endif
}
