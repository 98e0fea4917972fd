// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides how text is decorated: with colours or without, with Unicode symbols or ASCII ones.
///
/// A colour never carries a meaning of its own: whoever paints also writes the word or the symbol.
package struct Style: Sendable, Hashable {
    /// The colours that Stint uses; all are from the basic palette, which the user's terminal theme defines.
    package enum Color: String, Sendable, Hashable {
        case bold = "1", dim = "2"
        case red = "31", green = "32", yellow = "33", blue = "34", magenta = "35", cyan = "36"
    }

    /// Signs that stand before a word.
    package enum Symbol: Sendable, Hashable, CaseIterable {
        case ok, failed, running, delayed, paused, flagged, warning
    }

    /// Whether escape sequences for colours are written.
    package var usesColor: Bool
    /// Whether characters outside ASCII are written as decoration.
    package var usesUnicode: Bool

    /// Creates a style.
    package init(usesColor: Bool, usesUnicode: Bool) {
        self.usesColor = usesColor
        self.usesUnicode = usesUnicode
    }

    /// No colours, ASCII decoration only.
    package static let plain = Style(usesColor: false, usesUnicode: false)

    /// The sign that ends a text which was cut.
    package var ellipsis: String { usesUnicode ? "…" : "~" }

    /// Stands where there is no value.
    package var dash: String { usesUnicode ? "–" : "-" }

    /// Returns the text in a colour, or as it is where colours are off.
    ///
    /// The text must be sanitized already: this is the only place that writes escape sequences for it.
    package func paint(_ text: String, _ color: Color?) -> String {
        guard usesColor, let color, !text.isEmpty else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
    }

    /// Returns the sign as plain text.
    package func symbol(_ symbol: Symbol) -> String {
        switch symbol {
        case .ok: usesUnicode ? "✓" : "ok"
        case .failed: usesUnicode ? "✗" : "x"
        case .running: usesUnicode ? "▶" : ">"
        case .delayed: usesUnicode ? "◌" : "o"
        case .paused: usesUnicode ? "‖" : "="
        case .flagged: usesUnicode ? "⚑" : "!"
        case .warning: "!"
        }
    }

    /// Returns the sign in the colour that goes with it.
    package func painted(_ symbol: Symbol) -> String {
        paint(self.symbol(symbol), color(of: symbol))
    }

    /// The colour that goes with a sign.
    package func color(of symbol: Symbol) -> Color {
        switch symbol {
        case .ok: .green
        case .failed: .red
        case .running: .cyan
        case .delayed: .blue
        case .paused, .flagged, .warning: .yellow
        }
    }
}
