// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintFunctions
import StintTerminal

/// What `stint help` explains beside the commands.
enum HelpTopic: String, CaseIterable {
    case exitCodes = "exit-codes"
    case environment

    /// The page, drawn for a width.
    func lines(width: Int?, style: Style) -> [String] {
        let rows =
            switch self {
            case .exitCodes: CommandStatus.allCases.map { ("\($0.rawValue)", $0.meaning) }
            case .environment: Self.variables
            }
        let titles = self == .exitCodes ? ("CODE", "MEANING") : ("VARIABLE", "MEANING")
        let table = Table(
            columns: [
                .init(titles.0, alignment: self == .exitCodes ? .right : .left), .init(titles.1, isFlexible: true),
            ],
            rows: rows.map { [.init($0.0), .init($0.1)] })
        // The page is read, not parsed: cutting it at the edge would hide what it explains.
        return table.lines(width: nil, style: style)
    }

    private static let variables =
        SettingKey.allCases.map { ($0.environmentVariable, $0.meaning) } + [
            ("STINT_FORCE_TTY", "a width: print as on a terminal of that many columns"),
            ("NO_COLOR", "not empty: no colours; also --no-color and TERM=dumb"),
            ("FORCE_COLOR, CLICOLOR_FORCE", "not empty and not 0: colours also into a pipe"),
            ("XDG_CONFIG_HOME", "stint/config.yaml there holds your own settings"),
            ("XDG_DATA_HOME", "stint there is the data folder where no stint.yaml is found"),
            ("XDG_STATE_HOME", "stint there remembers what %1 and @last stand for"),
            ("XDG_RUNTIME_DIR", "holds the private Redis' socket where its folder's path is too long"),
        ]
}
