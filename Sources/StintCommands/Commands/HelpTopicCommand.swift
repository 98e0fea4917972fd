// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions
import StintTerminal

/// The command `stint help [COMMAND…|TOPIC]`.
struct HelpTopicCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Explain a command, or a topic: exit-codes, environment.",
        discussion: "Examples:\n  stint help queue ls\n  stint help exit-codes")

    @Argument(help: ArgumentHelp("A command or a topic.", valueName: "command or topic")) var words: [String] = []
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        if words.count == 1, let topic = HelpTopic(rawValue: words[0]) {
            for line in topic.lines(width: console.output.columns, style: console.output.style) { console.data(line) }
            return
        }
        let (names, command, unknown) = CommandWords.path(words, root: StintCommand.self)
        let surplus = words.dropFirst(names.count).first
        if let word = unknown ?? surplus {
            let topics = HelpTopic.allCases.map(\.rawValue)
            if names.isEmpty, let near = NearMiss.find(word, among: topics) {
                throw CommandFailure.usage(
                    "no topic '\(word)'. Did you mean '\(near)'?",
                    hints: topics.map { .init($0 == topics[0] ? "The topics:" : "", "stint help \($0)") })
            }
            throw CommandWords.unknown(word, after: names, in: command)
        }
        let columns = console.output.columns.map { min($0, 120) }
        console.page(StintCommand.helpMessage(for: command, columns: columns))
    }
}
