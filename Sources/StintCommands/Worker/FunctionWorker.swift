// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Logging
import Stint
import StintFunctions
import StintRedis
import StintTerminal
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A worker for the functions of stint.yaml, from its start to its orderly end.
struct FunctionWorker {
    let functions: FunctionSet
    let queues: [Worker.Queue]
    let slots: Int
    private(set) var options: WorkerOptions
    let logging: WorkerLogOptions
    let console: Console
    /// Where to answer health checks, if at all.
    var health: HealthAddress?

    init(
        _ functions: FunctionSet, queues: [Worker.Queue], options: WorkerOptions, logging: WorkerLogOptions,
        console: Console
    ) {
        self.functions = functions
        self.queues = queues.isEmpty ? Self.queues(of: functions.configuration) : queues
        self.options = options
        // A command that is told to stop has its own grace period; its attempt must not be given up before that.
        let longest = functions.configuration.functions.map(\.gracePeriod).max() ?? .zero
        self.options.grace = max(options.grace, longest + .seconds(1))
        self.logging = logging
        self.console = console
        slots = logging.slots ?? ProcessInfo.processInfo.activeProcessorCount
    }

    /// Works until it is told to stop or has nothing more to do.
    ///
    /// The first SIGINT or SIGTERM drains, the second hands back what runs, the third ends the process. SIGTSTP lets
    /// it claim nothing more, SIGCONT lets it claim again.
    func run(with client: StintClient) async throws {
        let console = console
        let logger = console.workerLogger()
        let worker: Worker
        do {
            worker = try Worker(client, queues: queues, slots: slots, options: options, logger: logger) {
                JobLogMiddleware()
            } handlers: {
                FunctionHandlers(functions.configuration, runner: functions.runner).handles
            }
        } catch {
            throw CommandFailure(error)
        }
        // Before it is said to have started: where its health cannot be asked for it must not work.
        let responder = try await answerHealth(of: worker)
        let signals = WorkerSignals(worker: worker, console: console, grace: options.drainTime)
        let watch = SignalWatch([SIGINT, SIGTERM, SIGTSTP, SIGCONT]) { signals.take($0) }
        defer { withExtendedLifetime(watch) {} }
        logger.info(
            "Worker started",
            metadata: [
                "stint.node": "\(worker.node)", "stint.slots": "\(slots)",
                "stint.queues":
                    "\(queues.map { $0.weight == 1 ? $0.name : "\($0.name)=\($0.weight)" }.joined(separator: ","))",
            ])
        do {
            try await worker.run()
        } catch {
            await responder?.stop()
            logger.info("Worker stopped", metadata: ["stint.node": "\(worker.node)"])
            throw error
        }
        await responder?.stop()
        logger.info("Worker stopped", metadata: ["stint.node": "\(worker.node)"])
    }

    /// Answers health checks for as long as the worker runs.
    private func answerHealth(of worker: Worker) async throws -> HealthResponder? {
        guard let health else { return nil }
        do throws(HealthResponder.ListenError) {
            let responder = try await HealthResponder.start(host: health.host, port: health.port) {
                let stuck = worker.stuckLoops
                return stuck.isEmpty ? nil : stuck.map(\.description).joined(separator: "\n")
            }
            console.talk("health checks are answered at \(health.url(port: responder.port))")
            return responder
        } catch {
            throw CommandFailure(
                error.code == EACCES ? .noPermission : .usage,
                "cannot answer health checks at \(health.host):\(health.port): \(error)",
                hints: [.init("Take any free port:", "stint work --health :0")])
        }
    }

    /// The default queue, those that functions name, and those that stint.yaml gives a weight.
    static func queues(of configuration: Configuration) -> [Worker.Queue] {
        var names = [configuration[.queue].value ?? "default"]
        for name in configuration.functions.compactMap(\.queue) + configuration.queues.map(\.name)
        where !names.contains(name) {
            names.append(name)
        }
        return names.map { name in
            Worker.Queue(name, weight: configuration.queues.first { $0.name == name }?.weight ?? 1)
        }
    }
}

/// Turns signals into what a worker does.
final class WorkerSignals: Sendable {
    private let worker: Worker
    private let console: Console
    private let grace: Duration
    private let count = Mutex(0)
    private let isQuiet = Mutex(false)

    init(worker: Worker, console: Console, grace: Duration) {
        self.worker = worker
        self.console = console
        self.grace = grace
    }

    /// Takes a signal.
    func take(_ number: Int32) {
        switch number {
        case SIGTSTP:
            isQuiet.withLock { $0 = true }
            worker.quiet()
            console.talk("quiet: claims nothing more until SIGCONT")
        case SIGCONT:
            // A shell sends it to every job that it continues: only what was quiet claims again.
            let wasQuiet = isQuiet.withLock { isQuiet in
                defer { isQuiet = false }
                return isQuiet
            }
            worker.resume()
            if wasQuiet { console.talk("claims jobs again") }
        default: end(number)
        }
    }

    private func end(_ number: Int32) {
        let times = count.withLock { count in
            count += 1
            return count
        }
        switch times {
        case 1:
            console.talk(
                "draining: running jobs may go on for \(TimeText.length(grace)); once more hands them back now")
            worker.drain()
        case 2:
            console.talk("handing back what runs; once more ends at once")
            worker.handBack()
        default: _exit(128 + number)
        }
    }
}
