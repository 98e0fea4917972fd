// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis

extension ClientCore {
    /// Asks each server that takes writes whether this user has the rights of a role, and throws if one is missing.
    ///
    /// - Parameters:
    ///   - queues: The queues whose keys are asked for.
    ///   - asksCommands: Whether the commands are asked for as well.
    func checkAccess(
        _ role: AccessRole, queues: [String], asksCommands: Bool, limit: Duration
    ) async throws(StintError) {
        try await atEachPrimary(limit: limit) { server, limit async throws(StintError) in
            let report = try await self.access(
                role, queues: queues, asksCommands: asksCommands, server: server, limit: limit)
            if let error = report.error { throw error }
        }
    }

    /// Says what a server lets this user do of what a role needs.
    ///
    /// Two commands for the default user with all rights; else one more and one burst of as many as there are questions.
    func access(
        _ role: AccessRole, queues names: [String], asksCommands: Bool = true, server: any RedisTransport,
        limit: Duration
    ) async throws(StintError) -> AccessReport {
        let notJudged = AccessReport(role: role, user: nil)
        guard let user = try await answer(to: RedisCommand("ACL", "WHOAMI"), of: server, limit)?.string else {
            logger.debug("Redis does not let this user ask for its rights")
            return notJudged
        }
        var report = AccessReport(role: role, user: user)
        if user == "default" {
            let rules = try await answer(to: RedisCommand("ACL", "GETUSER", user), of: server, limit)
            if Self.grantsAll(rules) { return report }
        }
        let queues = names.map { keys(queue: $0) }
        var questions = asksCommands ? AccessQuestion.commands(of: role, keys: keys, isCluster: isCluster) : []
        for queue in queues { questions += AccessQuestion.keys(of: role, queue: queue, names: keys) }
        for (question, answer) in try await answers(to: questions, as: user, of: server, limit) {
            guard let answer else { return notJudged }
            if !answer.isOK { report.refused(question, answer.string ?? "", queues: queues) }
        }
        try await forgiveSource(&report, at: server, limit)
        return report
    }

    /// Whether the reply to `ACL GETUSER` tells of a user that may do everything.
    static func grantsAll(_ rules: RedisValue?) -> Bool {
        let texts = rules?.arrayValue?.compactMap(\.string) ?? []
        return texts.contains("+@all") && texts.contains("~*") && texts.contains("&*")
    }

    /// The reply to a command; nil if this user may not ask, or Redis does not understand.
    private func answer(
        to command: RedisCommand, of server: any RedisTransport, _ limit: Duration
    ) async throws(StintError) -> RedisValue? {
        do {
            return try await send(command, to: server, limit: limit)
        } catch  where error.isPermission || error.code == .internalError {
            return nil
        }
    }

    /// Asks all questions at once; they leave in one write and cost one round trip.
    private func answers(
        to questions: [AccessQuestion], as user: String, of server: any RedisTransport, _ limit: Duration
    ) async throws(StintError) -> [(AccessQuestion, RedisValue?)] {
        typealias Answer = (index: Int, result: Result<RedisValue?, StintError>)
        let results = await withTaskGroup(of: Answer.self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask {
                    do throws(StintError) {
                        let command = RedisCommand("ACL", ["DRYRUN", user] + question.words)
                        return (index, .success(try await self.answer(to: command, of: server, limit)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        var answers: [(AccessQuestion, RedisValue?)] = []
        for (index, result) in results.sorted(by: { $0.index < $1.index }) {
            answers.append((questions[index], try result.get()))
        }
        return answers
    }

    /// Who may not send the source of a script can do without while all of them are loaded.
    private func forgiveSource(
        _ report: inout AccessReport, at server: any RedisTransport, _ limit: Duration
    ) async throws(StintError) {
        let sources = ["+eval", "+eval_ro"]
        // Where more is missing, this would help nobody, and is perhaps not for this user to ask.
        guard !report.missing.isEmpty, report.missing.allSatisfy(sources.contains) else { return }
        let command = RedisCommand("SCRIPT", ["EXISTS"] + report.role.scripts.map(\.script.sha1))
        let known = try await answer(to: command, of: server, limit)?.arrayValue ?? []
        if !known.isEmpty, known.allSatisfy({ $0.integerValue == 1 }) {
            report.missing.removeAll(where: sources.contains)
        }
    }
}
