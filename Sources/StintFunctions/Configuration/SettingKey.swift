// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A setting that is one text and can come from a flag, the environment or a file.
package enum SettingKey: String, Sendable, Hashable, CaseIterable {
    case redis
    case redisURLFile = "redis_url_file"
    case passwordFile = "password_file"
    case keys
    case sealing
    case namespace
    case timezone
    case data
    case payloadMax = "payload_max"
    case queue = "defaults.queue"
    case attempts = "defaults.attempts"
    case backoff = "defaults.backoff"
    case timeout = "defaults.timeout"
    case keepDone = "defaults.keep.done"
    case keepFailed = "defaults.keep.failed"
    case keepLog = "defaults.keep.log"
    case linger = "embedded.linger"

    /// The environment variable that sets it.
    package var environmentVariable: String {
        switch self {
        case .redis: "STINT_REDIS_URL"
        case .redisURLFile: "STINT_REDIS_URL_FILE"
        case .passwordFile: "STINT_PASSWORD_FILE"
        case .keys: "STINT_KEYS_FILE"
        default: "STINT_" + rawValue.uppercased().replacing(".", with: "_")
        }
    }

    /// What it sets, for `stint help environment`.
    package var meaning: String {
        switch self {
        case .redis: "the Redis to use: redis://, rediss://, redis+unix://, redis+cluster:// or redis+sentinel://"
        case .redisURLFile: "a file that holds the URL"
        case .passwordFile: "a file that holds the password of Redis"
        case .keys: "a file of keys that payloads are sealed with: stint keys new"
        case .sealing: "what becomes of jobs that are not sealed, where there are keys: required (refused), accepting"
        case .namespace: "prefix of all keys"
        case .timezone: "the zone in which times are read and shown: Asia/Shanghai, UTC"
        case .data: "folder of the private Redis"
        case .payloadMax: "the longest payload that is enqueued, at most 16MB"
        case .queue: "the queue of jobs that name none"
        case .attempts: "how often a job is tried"
        case .backoff: "the time between attempts: exponential(1s, 1h), fixed(30s)"
        case .timeout: "how long one attempt may take"
        case .keepDone: "how long ended jobs and their results are kept"
        case .keepFailed: "how long dead jobs are kept"
        case .keepLog: "how much of a job's log passes at once"
        case .linger: "how long the private Redis outlives its last client"
        }
    }

    /// What holds when nobody sets it.
    package var builtIn: String? {
        switch self {
        case .namespace: "stint"
        case .queue: "default"
        case .attempts: "5"
        case .backoff: "exponential(1s, 1h)"
        case .keepLog: "64KB"
        case .linger: "60s"
        case .payloadMax: "1MB"
        case .redis, .redisURLFile, .passwordFile, .keys, .sealing, .timezone, .data, .timeout, .keepDone, .keepFailed:
            nil
        }
    }

    /// Throws if the text is no value for this setting.
    package func check(_ text: String) throws(ParseFailure) {
        switch self {
        case .redis, .redisURLFile, .passwordFile, .keys, .data:
            guard !text.isEmpty else { throw ParseFailure("it is empty") }
        case .sealing:
            guard ["required", "accepting"].contains(text) else {
                throw ParseFailure("it must be 'required' or 'accepting'")
            }
        case .namespace: try NameRule.check(text, "namespace")
        case .timezone: try NameRule.checkTimeZone(text)
        case .queue: try NameRule.check(text, "queue")
        case .attempts: _ = try AttemptCount(text)
        case .backoff: _ = try BackoffText.parse(text)
        case .timeout, .keepDone, .keepFailed, .linger: _ = try DurationText.parse(text)
        case .keepLog: _ = try SizeText.parse(text)
        case .payloadMax:
            guard (1...(16 << 20)).contains(try SizeText.parse(text)) else {
                throw ParseFailure("it must be between 1 byte and 16MB")
            }
        }
    }
}
