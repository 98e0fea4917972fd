// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Ties a job's name to the code that runs it.
///
/// The closure captures what it needs (a mailer, a database pool); there is no container.
public struct Handle: Sendable {
    /// A raw handler: the payload's bytes in, the outcome out.
    public typealias Body = @Sendable (_ payload: [UInt8], _ context: JobContext) async throws -> JobOutcome

    /// The name it handles, or a prefix followed by `*`, such as `etl.*`.
    public let name: String
    /// The most jobs of this name that one worker runs at a time; `nil` for as many as it has slots.
    public let limit: Int?
    package let retryDelay: (@Sendable (_ error: any Error, _ context: JobContext) -> Duration?)?
    package let body: Body

    /// Handles jobs of a type.
    ///
    /// - Parameters:
    ///   - type: The job type.
    ///   - limit: The most jobs of this type that one worker runs at a time.
    ///   - retryDelay: How long to wait after this error instead of what the retry policy says; `nil` for the policy.
    ///   - body: Runs the job. Returning completes it, throwing fails the attempt; see ``JobSignal``.
    public init<J: Job>(
        _ type: J.Type, limit: Int? = nil,
        retryDelay: (@Sendable (_ error: any Error, _ context: JobContext) -> Duration?)? = nil,
        _ body: @escaping @Sendable (J, JobContext) async throws -> Void
    ) {
        self.init(J.name, limit, retryDelay) { payload, context in
            try await body(Self.decode(J.self, payload), context)
            return .completed
        }
    }

    /// Handles jobs of a type whose result is kept: encoded as JSON, read with ``StintClient/result(of:as:timeout:)``.
    ///
    /// A closure that returns something encodable makes one of these. The result is kept only as long as
    /// ``JobOptions/keep`` or ``JobOptions/isAwaited`` asks for.
    public init<J: Job, Value: Encodable & Sendable>(
        _ type: J.Type, limit: Int? = nil,
        retryDelay: (@Sendable (_ error: any Error, _ context: JobContext) -> Duration?)? = nil,
        returning: Value.Type = Value.self,
        _ body: @escaping @Sendable (J, JobContext) async throws -> Value
    ) {
        self.init(J.name, limit, retryDelay) { payload, context in
            let value = try await body(Self.decode(J.self, payload), context)
            return .completed(result: [UInt8](try JSONEncoder().encode(value)))
        }
    }

    /// Handles jobs by name with their payload's bytes as they are.
    ///
    /// - Parameters:
    ///   - name: The job's name, or a prefix followed by `*`. An exact name goes before a prefix, a longer prefix
    ///     before a shorter one.
    ///   - limit: The most jobs of this handler that one worker runs at a time.
    ///   - body: Runs the job.
    public init(raw name: String, limit: Int? = nil, _ body: @escaping Body) {
        self.init(name, limit, nil, body)
    }

    private init(
        _ name: String, _ limit: Int?,
        _ retryDelay: (@Sendable (_ error: any Error, _ context: JobContext) -> Duration?)?, _ body: @escaping Body
    ) {
        self.name = name
        self.limit = limit
        self.retryDelay = retryDelay
        self.body = body
    }

    private static func decode<J: Job>(_ type: J.Type, _ payload: [UInt8]) throws -> J {
        do {
            return try JSONDecoder().decode(J.self, from: Data(payload))
        } catch {
            throw UndecodablePayload(
                reason: StintError(
                    .undecodable, "The payload cannot be decoded as \(J.self): \(DecodingError.summary(of: error))",
                    underlying: error))
        }
    }
}
