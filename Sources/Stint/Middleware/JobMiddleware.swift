// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Wraps every attempt of a worker: to measure it, to set up context for it, to refuse it.
///
/// The first middleware of a worker is the outermost. What a middleware throws, or an outcome that it returns without
/// calling `next`, counts as the handler's own.
public protocol JobMiddleware: Sendable {
    /// Handles one attempt.
    ///
    /// - Parameters:
    ///   - payload: The job's payload.
    ///   - context: The job's context, which may be handed on changed.
    ///   - next: The next middleware, in the end the handler.
    func handle(_ payload: [UInt8], context: JobContext, next: Handle.Body) async throws -> JobOutcome
}

/// Collects the middleware of a worker.
@resultBuilder
public enum MiddlewareBuilder {
    /// One middleware.
    public static func buildExpression(_ middleware: any JobMiddleware) -> [any JobMiddleware] { [middleware] }
    /// Several, the first one outermost.
    public static func buildBlock(_ parts: [any JobMiddleware]...) -> [any JobMiddleware] { parts.flatMap { $0 } }
    /// One or none.
    public static func buildOptional(_ part: [any JobMiddleware]?) -> [any JobMiddleware] { part ?? [] }
    /// Either.
    public static func buildEither(first part: [any JobMiddleware]) -> [any JobMiddleware] { part }
    /// Or.
    public static func buildEither(second part: [any JobMiddleware]) -> [any JobMiddleware] { part }
    /// A loop's.
    public static func buildArray(_ parts: [[any JobMiddleware]]) -> [any JobMiddleware] { parts.flatMap { $0 } }
}

/// Collects the handlers of a worker.
@resultBuilder
public enum HandleBuilder {
    /// One handler.
    public static func buildExpression(_ handle: Handle) -> [Handle] { [handle] }
    /// Handlers made elsewhere.
    public static func buildExpression(_ handles: [Handle]) -> [Handle] { handles }
    /// Several.
    public static func buildBlock(_ parts: [Handle]...) -> [Handle] { parts.flatMap { $0 } }
    /// One or none.
    public static func buildOptional(_ part: [Handle]?) -> [Handle] { part ?? [] }
    /// Either.
    public static func buildEither(first part: [Handle]) -> [Handle] { part }
    /// Or.
    public static func buildEither(second part: [Handle]) -> [Handle] { part }
    /// A loop's.
    public static func buildArray(_ parts: [[Handle]]) -> [Handle] { parts.flatMap { $0 } }
}
