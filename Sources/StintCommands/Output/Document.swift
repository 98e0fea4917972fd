// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintTerminal

/// One thing with all that is known of it: declared once, printed as labelled lines, with tabs, or as a JSON document.
struct Document: Sendable {
    /// One value of the thing.
    struct Fact: Sendable {
        /// Its name in JSON and in pipes.
        var name: String
        /// Its label for people; `nil` where they are told elsewhere.
        var label: String?
        /// The value.
        var field: Field

        /// Creates a fact.
        init(_ name: String, _ label: String?, _ field: Field) {
            self.name = name
            self.label = label
            self.field = field
        }
    }

    /// All values in their order.
    var facts: [Fact]
    /// Members of the JSON document that have no line of their own.
    var members: [JSONValue.Member] = []

    /// The document as JSON.
    var json: JSONValue { .object(facts.map { .init($0.name, $0.field.json) } + members) }

    /// The labelled lines for people, or name and value with a tab between for programs.
    ///
    /// What is missing is left out for people.
    func lines(for traits: StreamTraits, utc: Bool, now: Int64) -> [String] {
        guard traits.isTerminal else {
            return facts.map {
                TabSeparated.line([.init($0.name, .dim), .init($0.field.plainText)], style: traits.style)
            }
        }
        let context = Field.Context(now: now, utc: utc, style: traits.style)
        let shown = facts.filter { $0.label != nil && $0.field != .missing }
        let width = shown.map { TextWidth.columns(of: $0.label ?? "") }.max() ?? 0
        return shown.map { fact in
            let label = TextWidth.pad(fact.label ?? "", to: width)
            var text = Sanitizer.visible(fact.field.text(context))
            if let columns = traits.columns {
                text = TextWidth.cut(text, to: max(8, columns - width - 2), ellipsis: traits.style.ellipsis)
            }
            return traits.style.paint(label, .dim) + "  " + text
        }
    }
}

extension Console {
    /// Prints a document once, or again and again with `--watch`, in the form that the options and the stream ask for.
    func show(
        _ options: DocumentOptions, watch: WatchOptions? = nil, times: TimeOptions? = nil,
        document: () async throws -> Document
    ) async throws {
        let invocation = Invocation.current
        while true {
            let document = try await document()
            let isJSON = options.json || (watch?.period != nil && !output.isTerminal)
            let lines =
                isJSON
                ? [document.json.text]
                : document.lines(for: output, utc: times?.utc ?? false, now: invocation.now())
            if watch?.period != nil, !isJSON, output.canRepaint {
                repaint(lines)
            } else {
                for line in lines { data(line) }
            }
            guard let period = watch?.period, outputError == nil else { return }
            try await invocation.pause(period)
        }
    }
}
