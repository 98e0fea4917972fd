// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Yams

/// What one configuration file says, with what is wrong with it.
package struct ConfigurationFile: Sendable {
    /// A value and the line it stands in.
    package struct Located: Sendable, Hashable {
        package var text: String
        package var line: Int
    }

    /// The file's path as messages name it.
    package let path: String
    /// The file's folder: functions run there, and relative paths start there.
    package let directory: String
    package private(set) var settings: [SettingKey: Located] = [:]
    package private(set) var queues: [QueueSettings] = []
    /// The functions without errors.
    package private(set) var functions: [FunctionDefinition] = []
    /// Sorted by line.
    package private(set) var problems: [ConfigurationProblem] = []

    private static let largest = 1 << 20

    /// Reads a file.
    ///
    /// - Throws: ``ConfigurationError`` if the file cannot be read; what is wrong in it stands in ``problems``.
    package init(path: String, environment: [String: String]) throws(ConfigurationError) {
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: absolute))
        } catch {
            throw ConfigurationError([.init(place: path, message: "cannot be read: \(SecretFile.reason(error))")])
        }
        guard data.count <= Self.largest, let text = String(validating: data, as: UTF8.self) else {
            let message = data.count > Self.largest ? "is larger than 1 MiB" : "is not UTF-8"
            throw ConfigurationError([.init(place: path, message: message)])
        }
        let directory = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
        self.init(text: text, path: path, directory: directory.isEmpty ? "/" : directory, environment: environment)
        warnIfReadable(absolute, text)
    }

    /// Reads a file's text.
    package init(text: String, path: String, directory: String, environment: [String: String]) {
        self.path = path
        self.directory = directory
        var reader = NodeReader(place: path, environment: environment)
        do {
            if let root = try Yams.compose(yaml: text) { readRoot(root, &reader) }
        } catch let error as YamlError {
            let (line, message) = Self.describe(error, text)
            reader.report(message, line: line)
        } catch {
            reader.report("is not valid YAML: \(error)", line: nil)
        }
        problems = reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    private mutating func readRoot(_ root: Node, _ reader: inout NodeReader) {
        let keys = NodeReader.Keys(
            known: [
                "redis", "redis_url_file", "password_file", "keys", "sealing", "namespace", "timezone", "payload_max",
                "defaults", "queues", "functions", "embedded",
            ],
            later: ["schedules", "workflows", "limits", "profiles", "dashboard", "labels", "metrics"])
        for entry in reader.entries(root, "", keys: keys) {
            switch entry.key {
            case "defaults": readDefaults(entry, &reader)
            case "queues": queues = readQueues(entry, &reader)
            case "functions": functions = readFunctions(entry, &reader)
            case "embedded":
                for entry in reader.entries(entry.value, "embedded", keys: .init(known: ["linger"])) {
                    readSetting("embedded.", entry, &reader)
                }
            default: readSetting("", entry, &reader)
            }
        }
    }

    private mutating func readDefaults(_ entry: NodeReader.Entry, _ reader: inout NodeReader) {
        let keys = NodeReader.Keys(
            known: ["queue", "attempts", "backoff", "timeout", "keep"], later: ["rate", "concurrency", "priority"])
        for entry in reader.entries(entry.value, "defaults", keys: keys) {
            guard entry.key == "keep" else {
                readSetting("defaults.", entry, &reader)
                continue
            }
            for entry in reader.entries(entry.value, "defaults.keep", keys: .init(known: ["done", "failed", "log"])) {
                readSetting("defaults.keep.", entry, &reader)
            }
        }
    }

    private mutating func readSetting(_ prefix: String, _ entry: NodeReader.Entry, _ reader: inout NodeReader) {
        guard let key = SettingKey(rawValue: prefix + entry.key) else { return }
        let isRedis = key == .redis || key == .redisURLFile
        guard var text = reader.text(entry, missingIsAbsent: isRedis) else { return }
        // An empty variable is as good as none.
        if isRedis, text.isEmpty { return }
        let line = entry.value.line ?? entry.line
        do {
            try key.check(text)
        } catch {
            return reader.report("'\(entry.key)': \(error)", line: line)
        }
        if [.redisURLFile, .passwordFile, .keys].contains(key), !text.hasPrefix("/") { text = "\(directory)/\(text)" }
        settings[key] = Located(text: text, line: line)
    }

    private func readQueues(_ entry: NodeReader.Entry, _ reader: inout NodeReader) -> [QueueSettings] {
        let keys = NodeReader.Keys(
            known: ["weight"],
            later: ["slots", "rate", "concurrency", "depth", "fair", "ordered", "shards", "burst"])
        return reader.entries(entry.value, "queues").map { queue in
            do {
                try NameRule.check(queue.key, "queue")
            } catch {
                reader.report("\(error)", line: queue.line)
            }
            var settings = QueueSettings(name: queue.key, line: queue.line)
            for entry in reader.entries(queue.value, "queues.\(queue.key)", keys: keys) where entry.key == "weight" {
                settings.weight = reader.integer(entry, 1...1000) ?? 1
            }
            return settings
        }
    }

    private mutating func warnIfReadable(_ absolute: String, _ text: String) {
        guard FileOwner.isReadableByOthers(absolute),
            let redis = settings[.redis], text.contains(redis.text),
            Setting(key: .redis, value: redis.text, source: .builtIn).displayValue != redis.text
        else { return }
        problems.append(
            .init(
                .warning, place: path, line: redis.line,
                message: "holds a password and other users can read it: chmod 600 \(path), or use redis_url_file"))
        problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    private static func describe(_ error: YamlError, _ text: String) -> (Int?, String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (mark.line, "is not valid YAML: \(problem), column \(mark.column)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let key = duplicates.first ?? ""
            return (secondLine(of: key, from: context.mark.line, text), "the key '\(key)' stands twice in one mapping")
        case .reader(let problem, _, _, _):
            return (nil, "is not valid YAML: \(problem)")
        default:
            return (nil, "is not valid YAML")
        }
    }

    /// Yams gives the mapping's line; people want the line of the repetition.
    private static func secondLine(of key: String, from first: Int, _ text: String) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let found = lines.indices.filter { index in
            let line = lines[index].drop { $0 == " " || $0 == "\"" || $0 == "'" }
            guard line.hasPrefix(key) else { return false }
            return line.dropFirst(key.count).drop { $0 == "\"" || $0 == "'" || $0 == " " }.first == ":"
        }
        return found.first { $0 + 1 > first }.map { $0 + 1 } ?? first
    }
}
