// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint

extension CommandFailure {
    /// A failure of the library, with the exit code that belongs to it.
    package init(_ error: StintError) {
        self.init(Self.status(of: error.code), error.message)
        if error.isWrongType {
            // No bug: Stint gives each of its keys one type.
            status = .failed
            summary =
                "a key of the queue has a type that Stint never gives it: another program wrote it, or it is damaged. "
                + error.message
            hints = [.init("Which key is it?", "stint doctor")]
        }
        if error.code == .payloadTooLarge {
            hints = [
                .init(
                    "Allow longer ones:", "export STINT_PAYLOAD_MAX=2MB   (or payload_max: in stint.yaml; up to 16MB)")
            ]
        }
    }

    /// Payload or result of a job that this process cannot open.
    static func sealed(_ problem: String) -> Self {
        var problem = problem
        if problem.hasSuffix(".") { problem.removeLast() }
        return Self(
            .noPermission, problem.prefix(1).lowercased() + problem.dropFirst(),
            hints: [.init("Name the file of keys:", "export STINT_KEYS_FILE=stint.keys")])
    }

    /// The exit code that belongs to a code of the library.
    static func status(of code: StintError.Code) -> CommandStatus {
        switch code {
        case .invalidInput, .payloadTooLarge, .limitExceeded: .usage
        case .duplicateJob, .queueFull, .leaseLost, .refusedByState: .refusedByState
        case .outcomeUnknown, .redisBusy, .redisFull: .tryAgain
        case .jobNotFound: .notFound
        case .redisUnreachable: .unreachable
        case .redisRefused, .unknownKey: .noPermission
        case .redisUnsuitable, .schemaTooNew: .invalidConfiguration
        case .timedOut: .timedOut
        case .internalError: .bug
        default: .failed
        }
    }
}

extension StintError {
    /// Whether a script broke off at a key of another type.
    var isWrongType: Bool { code == .internalError && message.contains("WRONGTYPE") }
}
