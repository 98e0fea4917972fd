// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LuaBundler

/// Small Lua sources for the tests: line 4 is the summary, the body begins at line 9.
enum Sample {
    static let licence = """
        -- This source file is part of the Stint project
        -- Licensed under the Apache License, Version 2.0: see LICENSE
        -- SPDX-License-Identifier: Apache-2.0

        """

    /// The includes that tests build on.
    static let clock =
        licence + """
            -- Reads the time.
            local function clock_now()
              local time = redis.call('TIME')
              return time[1] * 1000
            end

            """

    /// A script with a header around `body`.
    static func script(keys: String = "jobs", args: String = "", flags: String = "", _ body: String) -> String {
        licence + """
            --- Does something.
            --! roles:  worker\(flags.isEmpty ? "" : "\n--! flags:  \(flags)")
            --! keys:   \(keys)
            --! args:   \(args)
            --! return: nothing
            \(body)

            """
    }

    /// The script that comes of one file and its includes.
    static func flatten(_ source: String, includes: [String: String] = [:]) throws -> Script {
        var sources = ["sample.lua": source]
        for (name, text) in includes { sources["include/\(name).lua"] = text }
        return try #require(try Bundle(sources: sources).scripts.first)
    }

    /// The mistakes that are found, as `file:line: message`.
    static func errors(_ source: String, includes: [String: String] = [:]) -> [String] {
        do {
            _ = try flatten(source, includes: includes)
            return []
        } catch let errors as BundleErrors {
            return errors.errors.map { "\($0.file):\($0.line): \($0.message)" }
        } catch {
            return ["\(error)"]
        }
    }
}
