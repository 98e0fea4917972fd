// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// One command that a role must be allowed, as `ACL DRYRUN` is asked for it: it judges a command and runs nothing.
struct AccessQuestion: Hashable, Sendable {
    /// The command, with arguments that Redis takes for well formed.
    let words: [String]

    /// The name of the command in rules, in upper case, such as `CLUSTER|SLOTS`.
    let command: String

    /// The commands of a role: those of its scripts, those that run them, and those that it sends itself.
    static func commands(of role: AccessRole) -> [String] {
        var all = Set(role.commands)
        for access in role.scripts {
            all.formUnion(access.commands)
            all.formUnion([access.script.digestCommand, access.script.sourceCommand])
        }
        return all.sorted()
    }

    /// Asks for every command of a role, wherever its keys are.
    static func commands(of role: AccessRole, keys: NamespaceKeys, isCluster: Bool) -> [AccessQuestion] {
        let all = Set(commands(of: role) + (isCluster ? AccessRole.clusterCommands : []))
        return all.sorted().compactMap { AccessQuestion($0, key: keys.queues, channel: nil) }
    }

    /// Asks for every key of the scripts of a role and for its channel, for one queue.
    static func keys(of role: AccessRole, queue: QueueKeys, names: NamespaceKeys) -> [AccessQuestion] {
        var questions = role.scripts.map { access in
            let keys = access.keys.flatMap { key($0, queue, names) }
            let command = access.script.digestCommand
            return AccessQuestion(words: [command, access.script.sha1, "\(keys.count)"] + keys, command: command)
        }
        for command in commands(of: role) where samples[command]?.contains("channel") == true {
            if let question = AccessQuestion(command, key: "", channel: queue.ended) { questions.append(question) }
        }
        return questions
    }

    private static func key(_ noun: String, _ queue: QueueKeys, _ names: NamespaceKeys) -> [String] {
        switch noun {
        case "queues": [names.queues]
        case "nodes": [names.nodes]
        case "node_details": [names.nodeDetails]
        case "ready": queue.ready
        case "lane", "log": ["\(queue.prefix):\(noun):acl"]
        default: ["\(queue.prefix):\(noun)"]
        }
    }

    private init(words: [String], command: String) {
        self.words = words
        self.command = command
    }

    /// Fills in what stands for a key and a channel; nil for a command that is asked for otherwise.
    private init?(_ command: String, key: String, channel: String?) {
        guard let sample = Self.samples[command] else { return nil }
        let arguments = sample.split(separator: " ").map(String.init)
        guard channel != nil || !arguments.contains("channel") else { return nil }
        words =
            command.split(separator: "|").map(String.init)
            + arguments.map { $0 == "key" ? key : $0 == "channel" ? channel ?? "" : $0 }
        self.command = command
    }

    /// The arguments of each command that a role may have.
    static let samples: [String: String] = [
        "ASKING": "", "BZPOPMIN": "key 1", "CLUSTER|SLOTS": "", "DEL": "key", "EVAL": "x 1 key", "EVAL_RO": "x 1 key",
        "EVALSHA": "x 1 key", "EVALSHA_RO": "x 1 key", "EXISTS": "key", "GET": "key", "HDEL": "key a",
        "HEXISTS": "key a",
        "HGET": "key a", "HGETALL": "key", "HINCRBY": "key a 1", "HLEN": "key", "HMGET": "key a",
        "HRANDFIELD": "key", "HSCAN": "key 0", "HSET": "key a b", "HSTRLEN": "key a", "LINDEX": "key 0",
        "LLEN": "key", "LPOS": "key a", "LPUSH": "key a", "LREM": "key 1 a",
        "LRANGE": "key 0 1", "LTRIM": "key 0 1", "PEXPIRE": "key 1", "PING": "", "PUBLISH": "channel a",
        "RPUSH": "key a", "SADD": "key a", "SET": "key a", "SMEMBERS": "key", "SUBSCRIBE": "channel", "TIME": "",
        "TYPE": "key",
        "UNSUBSCRIBE": "channel", "WAIT": "0 1", "XADD": "key * a b", "XRANGE": "key - +", "XREVRANGE": "key + -",
        "ZADD": "key 1 a", "ZCARD": "key", "ZMSCORE": "key a", "ZRANGE": "key 0 1", "ZRANGEBYSCORE": "key 0 1",
        "ZREM": "key a", "ZREMRANGEBYRANK": "key 0 1", "ZREMRANGEBYSCORE": "key 0 1", "ZREVRANGE": "key 0 1",
        "ZSCAN": "key 0", "ZSCORE": "key a",
    ]
}
