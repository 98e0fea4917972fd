// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import StintFunctions

extension Invocation {
    /// The words that a hint may repeat: it tells no payload, and who follows it destroys nothing.
    ///
    /// A payload may be secret, and what a function writes becomes its job's error and a line of the worker's log: `-`
    /// stands in its place. A file of ids holds those of the jobs that are queued already: another name stands there.
    var repeatable: [String] {
        let words = CommandWords.moved(arguments, root: StintCommand.self)
        let (names, command, _) = CommandWords.path(words, root: StintCommand.self)
        let takers = ["enqueue", "run"]
        guard let name = names.first, takers.contains(name) else { return arguments }
        let (valued, flags) = (command.names(of: "option"), command.names(of: "flag"))
        var result = names
        var places = 0
        var isOpen = true
        var option: String?
        for word in words.dropFirst(names.count) {
            if let taken = option {
                result.append(taken == "--ids" ? unused(word) : word)
                option = nil
            } else if isOpen, word == "--" {
                isOpen = false
                result.append(word)
            } else if isOpen, word.hasPrefix("--ids=") {
                result.append("--ids=" + unused(String(word.dropFirst("--ids=".count))))
            } else if isOpen, flags.contains(word) || valued.contains(String(word.prefix { $0 != "=" })) {
                option = valued.contains(word) ? word : nil
                result.append(word)
            } else {
                // The first names the job or, with --bulk, its file; a payload in a file is named, not told.
                result.append(places == 0 || word.hasPrefix("@") ? word : "-")
                places += 1
            }
        }
        return result
    }

    /// A name beside a file that holds something, where nothing is yet; any other name as it is.
    private func unused(_ name: String) -> String {
        let files = FileManager.default
        let attributes = try? files.attributesOfItem(atPath: (path(name) as NSString).resolvingSymlinksInPath)
        guard name != "-", attributes?[.type] as? FileAttributeType == .typeRegular else { return name }
        for number in 2... where !files.fileExists(atPath: path("\(name).\(number)")) { return "\(name).\(number)" }
        return name
    }

    /// Whether this runs inside a function, whose stderr goes into its job's record and the worker's log.
    var isInFunction: Bool { environment["STINT_JOB_ID"].map { !$0.isEmpty } ?? false }
}

extension ParsableCommand {
    /// The names of the options, which take a value, such as `--queue`, or of the flags.
    fileprivate static func names(of kind: String) -> Set<String> {
        guard let dump = try? JSONSerialization.jsonObject(with: Data(_dumpHelp().utf8)) as? [String: Any],
            let command = dump["command"] as? [String: Any], let arguments = command["arguments"] as? [[String: Any]]
        else { return [] }
        var names: Set<String> = []
        for argument in arguments where argument["kind"] as? String == kind {
            for name in argument["names"] as? [[String: String]] ?? [] {
                guard let text = name["name"] else { continue }
                names.insert((name["kind"] == "long" ? "--" : "-") + text)
            }
        }
        return names
    }
}
