// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import Stint
import StintFunctions
import StintRedis

extension RedisTarget {
    /// The address for people: host and port, or the socket's path.
    package var endpoint: String { (try? RedisConfiguration(url: url).endpoint) ?? "an unreadable address" }

    /// Creates a client for this Redis; nothing is opened yet.
    ///
    /// - Parameter allowsEviction: Whether a Redis that may evict keys is accepted, to be looked at.
    package func makeClient(
        on console: Console, logger: Logger? = nil, allowsEviction: Bool = false
    ) throws -> StintClient {
        let sealing = try configuration.sealing()
        do {
            return try StintClient(
                .init(
                    redis: url, namespace: namespace, passwordFile: configuration[.passwordFile].value,
                    maxPayloadBytes: configuration.payloadBound, allowsEvictingRedis: allowsEviction,
                    clientName: "stint-cli"),
                sealing: sealing, logger: logger ?? console.logger)
        } catch {
            throw failure(error)
        }
    }

    /// Creates a client and makes its first contact with Redis.
    ///
    /// - Parameters:
    ///   - isWorker: Whether what the library logs stands in a worker's log, with the time.
    ///   - allowsEviction: Whether a Redis that may evict keys is accepted, to be looked at.
    package func connect(
        on console: Console, isWorker: Bool = false, allowsEviction: Bool = false
    ) async throws -> StintClient {
        let hold = LogHold()
        let logger = isWorker ? console.workerLogger(hold: hold) : console.logger(hold: hold)
        let client = try makeClient(on: console, logger: logger, allowsEviction: allowsEviction)
        do {
            // People wait for this answer: one try, then they decide.
            try await client.connect(limit: .zero)
        } catch {
            await client.shutdown()
            throw failure(error)
        }
        hold.end()
        return client
    }

    /// What stands before the rule that repairs a user in an error of the library.
    private static let repairLead = " Give it them with: "

    /// Says what an error of the library means here, and what to type now.
    package func failure(_ error: StintError) -> CommandFailure {
        var failure = CommandFailure(error)
        let place = embedded == nil ? endpoint : "the private Redis"
        let origin = source.map { " (from \(Self.name(of: $0)))" } ?? ""
        let server = embedded == nil ? "Redis at \(place)\(origin)" : place
        switch error.code {
        case .redisUnreachable:
            failure.summary = "cannot reach \(server): \(reason(error))"
            if let embedded {
                failure.hints = [.init("What it logged:", "tail \(embedded.location.directory)/redis.log")]
                break
            }
            failure.hints = [
                Self.lookup(url).map { .init("Which one is the primary?", $0) }
                    ?? .init("Is it running?", "\(client) ping"),
                .init("Use another one:", Invocation.current.retyped(with: "--redis", "redis://HOST:PORT")),
            ]
            failure.hints += withoutAddress
        case .redisRefused where error.message.contains(Self.repairLead):
            let parts = error.message.split(separator: Self.repairLead, maxSplits: 1).map(String.init)
            failure.summary = "\(server) does not give this user a right that it needs: \(parts[0])"
            failure.hints = [
                .init("Give it the rights:", Self.quotedRights(parts.last ?? "")),
                .init("All users that Stint needs:", "stint config acl"),
            ]
        case .redisRefused where reason(error).contains("NOPERM"):
            failure.summary = "\(server) does not give this user a right that it needs: \(reason(error))"
            failure.hints = [
                .init("Which user is it?", "\(client) acl whoami"),
                .init("Give it the right:", "ACL SETUSER USER +COMMAND '~KEYS' '&CHANNELS'   (see docs/operations.md)"),
            ]
        case .redisRefused:
            failure.summary = "\(server) refuses this user: \(reason(error))"
            failure.hints = [
                .init("Put user and password into a file:", Self.secretFile),
                .init("And name it:", "\(unsetting)export STINT_REDIS_URL_FILE=redis-url"),
            ]
        case .redisUnsuitable:
            var words = error.message
            let mayEvict = words.contains("maxmemory-policy")
            // The rest is for programs: no option of the command line allows it.
            if mayEvict, let end = words.firstRange(of: " Set it to") { words = String(words[..<end.lowerBound]) }
            if words.hasSuffix(".") { words.removeLast() }
            failure.summary = "\(embedded == nil ? "the Redis at \(place)\(origin)" : place) must not be used: \(words)"
            if error.message == StintError.isCluster.message {
                failure.hints = [readdressed("Address the cluster:", as: "+cluster")]
                break
            }
            if error.message == StintError.isNoCluster.message {
                failure.hints = [readdressed("Address the single server:", as: "")]
                break
            }
            failure.hints =
                mayEvict
                ? [
                    .init("To stay so, in its redis.conf:", "maxmemory-policy noeviction"),
                    .init("Make it keep jobs now:", "\(client) config set maxmemory-policy noeviction"),
                ]
                : [
                    .init("Which one is it?", "\(client) info server"),
                    .init("Use another one:", Invocation.current.retyped(with: "--redis", "redis://HOST:PORT")),
                ] + withoutAddress
        case .invalidInput where error.underlying is RedisConfigurationError:
            failure.summary = "the address of Redis\(origin) cannot be used: \(reason(error))"
            if case .flag? = source {} else { failure.status = .invalidConfiguration }
            failure.hints =
                error.message.contains("has no TLS")
                ? [.init("Build it with TLS:", "swift build -c release --traits TLS --product stint")]
                : [.init("As it should look:", Invocation.current.retyped(with: "--redis", "redis://HOST:6379/0"))]
        case .redisFull:
            failure.hints = [.init("How full is it?", "\(client) info memory")]
        case .redisBusy, .outcomeUnknown:
            failure.hints = [.init("Try again:", Invocation.current.retyped())]
        default: break
        }
        return failure
    }

    /// How to reach it with redis-cli, the password masked.
    var client: String { Self.client(url) }

    /// A rule for a user, in which a shell finds nothing to do: `~` and `&` mean something to it.
    private static func quotedRights(_ rule: String) -> String {
        rule.split(separator: " ").map { word in
            word.contains { "~&*()|<>$%".contains($0) } ? "'\(word)'" : String(word)
        }.joined(separator: " ")
    }

    /// The URL itself goes before a file with it: both in the environment are no use.
    private var unsetting: String {
        source == .environment(SettingKey.redis.environmentVariable) ? "unset STINT_REDIS_URL; " : ""
    }

    /// How to get a private Redis instead.
    private var withoutAddress: [CommandFailure.Hint] {
        switch source {
        case .environment(let name)?:
            [.init("No Redis at hand?", "unset \(name)   (Stint then starts a private one, without these jobs)")]
        case .file(let path, _)?:
            [
                .init(
                    "No Redis at hand?",
                    "remove 'redis:' from \(path)   (Stint then starts a private one, without these jobs)")
            ]
        default: []
        }
    }

    /// Refuses a password on the command line.
    ///
    /// The list of processes shows it to everybody on the machine.
    static func refusePassword(in flag: String?) throws {
        guard let flag, Setting.masked(flag) != flag else { return }
        throw CommandFailure.usage(
            "--redis has a password in it, and everybody on this machine can read a command line",
            hints: [
                .init("Put it into a file:", secretFile),
                .init("And name it:", "export STINT_REDIS_URL_FILE=redis-url"),
            ])
    }

    private static let secretFile = "(umask 077; echo 'redis://USER:PASSWORD@HOST:PORT' > redis-url)"

    /// How to ask the sentinels for the primary, where there are sentinels.
    private static func lookup(_ url: String) -> String? {
        (try? RedisConfiguration(url: url))?.sentinel?.lookupCommand
    }

    /// How to reach it with redis-cli, the password masked.
    static func client(_ url: String) -> String {
        guard let redis = try? RedisConfiguration(url: url) else { return "redis-cli" }
        // Which server it is, the sentinels tell.
        if redis.sentinel != nil { return "redis-cli -h PRIMARY -p PORT" }
        if redis.isCluster { return "redis-cli -c -u \(redis.firstNode.redactedURL)" }
        if case .unix(let path) = redis.address { return "redis-cli -s \(Invocation.quoted(path))" }
        return "redis-cli -u \(redis.redactedURL)"
    }

    /// How to give the same server in the other form of the URL, the password masked.
    private func readdressed(_ label: String, as kind: String) -> CommandFailure.Hint {
        guard let redis = try? RedisConfiguration(url: url), redis.sentinel == nil, case .tcp = redis.address else {
            return .init(label, "export STINT_REDIS_URL=redis\(kind)://HOST:PORT")
        }
        let scheme = (redis.tls == nil ? "redis" : "rediss") + kind
        let parts = redis.firstNode.redactedURL.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let address = parts.last.map { $0.prefix { $0 != "/" } } ?? "HOST:PORT"
        let form = "\(scheme)://\(address)"
        if source == .flag { return .init(label, Invocation.current.retyped(with: "--redis", form)) }
        return .init(label, "export STINT_REDIS_URL=\(Invocation.quoted(form))")
    }

    private static func name(of source: Setting.Source) -> String {
        switch source {
        case .flag: "--redis"
        case .environment(let name): name
        default: source.description
        }
    }

    /// The words of the transport, without the sentence around them.
    private func reason(_ error: StintError) -> String {
        var reason =
            (error.underlying as? RedisFailure)?.description
            ?? (error.underlying as? RedisConfigurationError)?.message ?? error.message
        // The sentence around it names the address already.
        if let start = reason.firstRange(of: "Redis at \(endpoint): ") { reason.removeSubrange(..<start.upperBound) }
        if reason.hasSuffix(".") { reason.removeLast() }
        return reason
    }
}

extension ConnectionOptions {
    /// Connects, runs the body, and closes the connections.
    ///
    /// - Parameters:
    ///   - isWorker: Whether what the library logs stands in a worker's log, with the time.
    ///   - allowsEviction: Whether a Redis that may evict keys is accepted, to be looked at.
    ///   - body: Gets the client after its first contact with Redis.
    /// - Throws: What the body throws; errors of the library come with what to do about them.
    package func withClient<Result>(
        on console: Console, isWorker: Bool = false, allowsEviction: Bool = false,
        _ body: (StintClient, RedisTarget) async throws -> Result
    ) async throws -> Result {
        let target = try await target(on: console)
        let client = try await target.connect(on: console, isWorker: isWorker, allowsEviction: allowsEviction)
        do {
            let result = try await body(client, target)
            await client.shutdown()
            // Until here the private Redis has a client.
            withExtendedLifetime(target) {}
            return result
        } catch let error as StintError {
            await client.shutdown()
            throw target.failure(error)
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
