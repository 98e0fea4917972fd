// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The configuration in force: flags, environment, the project's file, the user's file and built-in values, in this
/// order of strength.
package struct Configuration: Sendable {
    /// Every setting, in the order of ``SettingKey``.
    package private(set) var settings: [Setting]
    /// The queues of the project's file, then those that only the user's file names.
    package private(set) var queues: [QueueSettings]
    /// The functions of the project's file, then those that only the user's file names.
    package private(set) var functions: [FunctionDefinition]
    /// What is wrong with single functions, and warnings.
    package private(set) var problems: [ConfigurationProblem]
    /// The files that were read, the stronger first.
    package private(set) var files: [String]
    /// The folder of the project's file.
    package private(set) var projectDirectory: String?
    private var redisURLSource: (url: String, source: Setting.Source)?

    /// Finds and reads the files that hold for a folder, and combines them with flags and environment.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong, except what concerns single functions only:
    ///   that stands in ``problems``.
    package static func load(
        flags: [SettingKey: String] = [:], environment: [String: String] = ProcessInfo.processInfo.environment,
        from folder: String = FileManager.default.currentDirectoryPath
    ) throws(ConfigurationError) -> Configuration {
        var project: ConfigurationFile?
        var user: ConfigurationFile?
        if let path = ConfigurationLocation.projectFile(from: folder) {
            project = try ConfigurationFile(path: path, environment: environment)
        }
        if let path = ConfigurationLocation.userFile(environment: environment) {
            user = try ConfigurationFile(path: path, environment: environment)
        }
        return try Configuration(flags: flags, environment: environment, project: project, user: user)
    }

    /// Combines what flags, environment and files say.
    package init(
        flags: [SettingKey: String] = [:], environment: [String: String] = [:], project: ConfigurationFile? = nil,
        user: ConfigurationFile? = nil
    ) throws(ConfigurationError) {
        let files = [project, user].compactMap(\.self)
        var problems = files.flatMap(\.problems)
        settings = []
        for key in SettingKey.allCases {
            let setting = Self.setting(key, flags, environment, files)
            settings.append(setting)
            guard let value = setting.value else { continue }
            // What stands in a file was checked there, with its line.
            if case .file = setting.source { continue }
            do {
                try key.check(value)
            } catch {
                problems.append(.init(place: Self.place(setting), message: "\(error)"))
            }
        }
        queues = files.flatMap(\.queues).keepingFirst(by: \.name)
        functions = files.flatMap(\.functions).keepingFirst(by: \.pattern)
        self.files = files.map(\.path)
        projectDirectory = project?.directory
        let fatal = problems.filter { $0.severity == .error && $0.function == nil }
        guard fatal.isEmpty else { throw ConfigurationError(fatal) }
        self.problems = problems
        redisURLSource = try Self.redisURL(flags, environment, files)
        warnOfReadableSecrets()
    }

    /// A file that exists to keep a secret keeps none if others can read it.
    private mutating func warnOfReadableSecrets() {
        for key in [SettingKey.redisURLFile, .passwordFile] {
            guard let path = self[key].value, FileOwner.isReadableByOthers(path) else { continue }
            problems.append(
                .init(
                    .warning, place: path,
                    message: "holds a secret and other users can read it: chmod 600 \(path)"))
        }
    }

    /// The setting in force.
    package subscript(_ key: SettingKey) -> Setting {
        settings.first { $0.key == key } ?? Setting(key: key, value: key.builtIn, source: .builtIn)
    }

    /// The URL of Redis, also if it stands in a file of its own; `nil` for the embedded one.
    package var redis: (url: String, source: Setting.Source)? { redisURLSource }

    private static func setting(
        _ key: SettingKey, _ flags: [SettingKey: String], _ environment: [String: String], _ files: [ConfigurationFile]
    ) -> Setting {
        if let value = flags[key] { return Setting(key: key, value: value, source: .flag) }
        let variable = key.environmentVariable
        if let value = environment[variable], !value.isEmpty {
            return Setting(key: key, value: value, source: .environment(variable))
        }
        for file in files {
            guard let value = file.settings[key] else { continue }
            return Setting(key: key, value: value.text, source: .file(path: file.path, line: value.line))
        }
        return Setting(key: key, value: key.builtIn, source: .builtIn)
    }

    /// `redis` and `redis_url_file` are two spellings of one setting: the stronger source of either counts, and in one
    /// source the URL itself.
    private static func redisURL(
        _ flags: [SettingKey: String], _ environment: [String: String], _ files: [ConfigurationFile]
    ) throws(ConfigurationError) -> (url: String, source: Setting.Source)? {
        var levels: [(flags: [SettingKey: String], environment: [String: String], files: [ConfigurationFile])] = [
            (flags, [:], []), ([:], environment, []),
        ]
        for file in files { levels.append(([:], [:], [file])) }
        for level in levels {
            for key in [SettingKey.redis, .redisURLFile] {
                let found = setting(key, level.flags, level.environment, level.files)
                guard let value = found.value else { continue }
                return (key == .redis ? value : try SecretFile.read(value, for: key), found.source)
            }
        }
        return nil
    }

    private static func place(_ setting: Setting) -> String {
        switch setting.source {
        case .environment(let name): name
        default: "--\(setting.key.rawValue.replacing("defaults.", with: "").replacing("_", with: "-"))"
        }
    }
}

extension Sequence {
    fileprivate func keepingFirst(by key: (Element) -> some Hashable) -> [Element] {
        var seen: Set<AnyHashable> = []
        return filter { seen.insert(AnyHashable(key($0))).inserted }
    }
}
