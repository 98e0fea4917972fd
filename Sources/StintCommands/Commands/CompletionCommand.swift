// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `stint completion SHELL`.
struct CompletionCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a script that completes commands and options in a shell.",
        discussion: """
            Examples:
              source <(stint completion bash)
              stint completion zsh > ~/.zfunc/_stint
              stint completion fish > ~/.config/fish/completions/stint.fish
            """)

    @Argument(help: "bash, zsh or fish.", transform: CompletionCommand.shell) var shell: CompletionShell
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        console.page(StintCommand.completionScript(for: shell))
    }

    private static func shell(_ name: String) throws -> CompletionShell {
        guard let shell = CompletionShell(rawValue: name) else {
            throw ValidationError("'\(name)' is no shell that is known; there are bash, zsh and fish")
        }
        return shell
    }
}
