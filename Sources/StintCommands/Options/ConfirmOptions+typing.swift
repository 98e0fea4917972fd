// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension ConfirmOptions {
    /// Asks to type a name before something that destroys much; `--yes` is not enough for it.
    ///
    /// - Parameter given: The name given with `--confirm`.
    /// - Throws: A failure with status 5 if it was not given or typed.
    func confirm(_ question: String, typing name: String, given: String?, on console: Console) throws {
        let invocation = Invocation.current
        var answer = given
        if answer == nil, invocation.canAsk, !noInput {
            console.ask("\(question)? Type '\(name)' to confirm: ")
            var input = invocation.readInput()
            answer = input.next().map { String(decoding: $0, as: UTF8.self).trimmingSpaces() } ?? ""
        }
        guard answer != name else { return }
        throw CommandFailure(
            .notConfirmed, answer == nil ? "this needs a confirmation: \(question)?" : "nothing was done",
            hints: [.init("Do it without asking:", invocation.retyped() + " --confirm \(name)")])
    }
}
