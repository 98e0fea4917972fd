// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CStintProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A program that is ready to be executed: looked up, with its whole environment.
struct Program: Sendable {
    var path: String
    /// The arguments, the program's name first.
    var arguments: [String]
    /// `NAME=value`.
    var environment: [String]
    var directory: String
    var limits = ResourceLimits()
    /// SIGKILL when the spawning thread ends.
    var diesWithParent = true

    /// Starts the program.
    ///
    /// Blocks until it has executed or failed to.
    ///
    /// - Throws: ``FunctionError`` with the step and the system's reason.
    func spawn() throws(FunctionError) -> stint_spawned {
        guard let argv = CStrings(arguments), let envp = CStrings(environment), !path.utf8.contains(0) else {
            throw FunctionError(.unsafeInput, "an argument or environment value contains a NUL byte")
        }
        var spawned = stint_spawned()
        let error = path.withCString { path in
            directory.withCString { directory in
                var request = stint_spawn_request(
                    path: path, arguments: argv.pointers, environment: envp.pointers, directory: directory,
                    cpu_seconds: limits.cpuTime.map { max($0.components.seconds, 1) } ?? Int64(STINT_LIMIT_INHERITED),
                    address_space: Int64(limits.memory ?? Int(STINT_LIMIT_INHERITED)),
                    open_files: Int64(limits.openFiles ?? Int(STINT_LIMIT_INHERITED)),
                    file_size: Int64(limits.fileSize ?? Int(STINT_LIMIT_INHERITED)),
                    processes: Int64(limits.processes ?? Int(STINT_LIMIT_INHERITED)),
                    no_new_privileges: true, die_with_parent: diesWithParent)
                return stint_spawn(&request, &spawned)
            }
        }
        guard error == 0 else { throw failure(at: spawned.stage, error) }
        return spawned
    }

    private func failure(at stage: stint_spawn_stage, _ error: Int32) -> FunctionError {
        let reason = String(cString: strerror(error))
        return switch stage {
        case STINT_STAGE_EXEC where error == ENOEXEC:
            FunctionError(.cannotStart, "cannot execute \(path): \(reason) (a script begins with a #! line)")
        case STINT_STAGE_EXEC: FunctionError(.cannotStart, "cannot execute \(path): \(reason)")
        case STINT_STAGE_DIRECTORY: FunctionError(.cannotStart, "cannot enter the folder \(directory): \(reason)")
        case STINT_STAGE_LIMITS: FunctionError(.cannotStart, "cannot set the resource limits of \(path): \(reason)")
        default: FunctionError(.cannotStart, "cannot start a process for \(path): \(reason)")
        }
    }
}

/// A NULL-terminated array of C strings that lives as long as the object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    /// `nil` if a string contains a NUL byte and so would be cut.
    init?(_ strings: [String]) {
        guard strings.allSatisfy({ !$0.utf8.contains(0) }) else { return nil }
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
