// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `stint doctor` thinks of this machine: the configuration, the functions, the limits, the terminal.
struct LocalChecks {
    /// Where the command was started.
    let invocation: Invocation
    /// What stdout can show.
    let traits: StreamTraits

    /// All checks, in the order in which they are printed.
    var all: [DoctorCheck] {
        let rest: [DoctorCheck] = [files, terminal, libraries]
        return configuration + rest
    }

    private var configuration: [DoctorCheck] {
        let configuration: Configuration
        do {
            configuration = try Configuration.load(environment: invocation.environment, from: invocation.directory)
        } catch {
            return error.problems.map {
                DoctorCheck(.problem, "config", $0.description, do: "stint config check")
            }
        }
        let problems =
            configuration.check(FunctionRunner(parentEnvironment: invocation.environment))
            + configuration.keyProblems()
        var checks = problems.map { problem in
            DoctorCheck(
                problem.severity == .error ? .problem : .warning, problem.function == nil ? "config" : "functions",
                problem.description, do: "stint config check")
        }
        if !configuration.files.isEmpty, !problems.contains(where: { $0.function == nil }) {
            checks.append(DoctorCheck(.ok, "config", configuration.files.joined(separator: ", ") + " valid"))
        }
        let count = configuration.functions.count
        if count > 0, !problems.contains(where: { $0.function != nil }) {
            checks.append(DoctorCheck(.ok, "functions", "\(count) function\(count == 1 ? "" : "s") executable"))
        }
        return checks
    }

    private var files: DoctorCheck {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else {
            return DoctorCheck(.unchecked, "limits.files", "not checked: how many files may be open")
        }
        let count = Int(clamping: limit.rlim_cur)
        let text = "\(NumberText.grouped(count)) open files allowed"
        // A worker needs three files for each function that runs, and some connections.
        return count < 1_024
            ? DoctorCheck(.warning, "limits.files", "only \(text)", do: "ulimit -n 4096")
            : DoctorCheck(.ok, "limits.files", text)
    }

    private var terminal: DoctorCheck {
        var words = [traits.isTerminal ? "terminal of \(traits.columns ?? 80) columns" : "no terminal"]
        words.append(traits.style.usesColor ? "colour" : "no colour")
        words.append(traits.style.usesUnicode ? "UTF-8" : "ASCII")
        return DoctorCheck(.ok, "terminal", words.joined(separator: ", "))
    }

    private var libraries: DoctorCheck {
        DoctorCheck(.ok, "version", "stint \(StintVersion.current), hiredis \(StintVersion.hiredis)")
    }
}
