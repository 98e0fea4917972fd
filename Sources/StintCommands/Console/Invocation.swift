// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Foundation
import StintFunctions
import StintTerminal

/// Everything that a command takes from the outside: environment, folder, clock, zone, streams.
///
/// It is a task-local value, because the argument parser creates the commands; a test sets its own and runs the same
/// code in process.
package struct Invocation: Sendable {
    /// What the running command takes from the outside.
    @TaskLocal package static var current = Invocation.process

    /// The environment variables.
    package var environment: [String: String]
    /// The working directory.
    package var directory: String
    /// The program that was started, for its hidden supervisor.
    package var executable: String
    /// The words after the program's name, as they were typed.
    package var arguments: [String]
    /// Names the terminal for row references, such as `pts-3`.
    package var terminalName: String
    /// What the system says of stdout.
    package var output: StreamTraits.Device
    /// Asks the system again, since a terminal's size may change; `nil` where ``output`` is all there is.
    package var measureOutput: (@Sendable () -> StreamTraits.Device)?
    /// What the system says of stderr.
    package var errors: StreamTraits.Device
    /// Whether somebody can be asked.
    package var canAsk: Bool
    /// Where data goes.
    package var outputSink: any TextSink
    /// Where talk goes.
    package var errorSink: any TextSink
    /// All of stdin, read when it is asked for.
    package var readInput: @Sendable () -> InputLines
    /// Milliseconds since 1970.
    package var now: @Sendable () -> Int64
    /// Waits, between two pictures of `--watch`.
    package var pause: @Sendable (Duration) async throws -> Void
    /// The zone in which people read and write times.
    package var timeZone: TimeZone

    /// The same in the zone that `timezone` names, if somebody set it.
    ///
    /// Times on the command line are read before any command looks at the configuration, so this comes first; what is
    /// wrong with a configuration is told by the commands that need it.
    func inConfiguredZone() -> Self {
        guard let configuration = try? Configuration.load(environment: environment, from: directory),
            let zone = configuration[.timezone].value.flatMap(TimeZone.init(identifier:))
        else { return self }
        var copy = self
        copy.timeZone = zone
        return copy
    }

    /// How far the zone is ahead of UTC at an instant, in seconds.
    package func offset(at milliseconds: Int64) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
    }

    /// The console with the flags of a command applied.
    package func console(
        verbosity: Int = 0, noColor: Bool = false, ascii: Bool = false, talksJSON: Bool = false
    ) -> Console {
        Console(
            output: StreamTraits(device: output, environment: environment, noColor: noColor, ascii: ascii),
            errors: StreamTraits(device: errors, environment: environment, noColor: noColor, ascii: ascii),
            outputSink: outputSink, errorSink: errorSink, verbosity: verbosity, talksJSON: talksJSON,
            measure: measure(noColor: noColor, ascii: ascii),
            now: now)
    }

    private func measure(noColor: Bool, ascii: Bool) -> (@Sendable () -> StreamTraits)? {
        guard let device = measureOutput else { return nil }
        let environment = environment
        return { StreamTraits(device: device(), environment: environment, noColor: noColor, ascii: ascii) }
    }

    /// A file or folder as the user means it: relative to the working directory.
    package func path(_ name: String) -> String {
        name.hasPrefix("/") ? name : directory + "/" + name
    }

    /// The command as it was typed, for hints, so that it may be shown, logged and followed.
    ///
    /// Passwords of addresses are masked, and ``repeatable`` words stand for a payload and for a file that it would empty.
    package func retyped() -> String { typed(repeatable) }

    /// The command as it was typed, for hints, with another word in the place of an argument.
    ///
    /// - Parameter flag: Behind it the word is the argument; elsewhere it may be the value of an option.
    package func retyped(replacing word: String, behind flag: String, by other: String) -> String {
        var words = repeatable
        let places = words.indices.filter { words[$0] == word }
        let place =
            places.first { $0 > 0 && words[$0 - 1] == flag }
            ?? places.first { $0 == 0 || !words[$0 - 1].hasPrefix("-") } ?? places.first
        if let place { words[place] = other }
        return typed(words)
    }

    /// The command as it was typed, for hints, with an option that takes a value in front instead of where it stood.
    package func retyped(with option: String, _ value: String) -> String {
        var words: [String] = []
        var isValue = false
        for word in repeatable {
            if isValue || word == option {
                isValue.toggle()
            } else if !word.hasPrefix(option + "=") {
                words.append(word)
            }
        }
        return typed([option, value] + words)
    }

    private func typed(_ words: [String]) -> String {
        (["stint"] + words.map { Self.quoted(Setting.masked($0)) }).joined(separator: " ")
    }

    /// A word as a shell reads it.
    package static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%,+".contains($0)) }
        return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
