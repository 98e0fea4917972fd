// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTerminal

/// The payload of one job as it is written on the command line: text, `@FILE`, or `-` for stdin.
package struct PayloadArgument: Sendable {
    /// More is refused before it is read whole; the client's own limit is lower.
    private static let readingLimit = 16 << 20

    private let text: String?

    /// Takes the argument; without one the payload is `{}`.
    package init(_ text: String?) { self.text = text }

    /// Reads the payload: the very bytes, after a check that they are JSON unless `raw` is set.
    ///
    /// - Parameter command: What the job's name stands behind, for hints.
    package func bytes(
        for name: String, of command: String = "stint enqueue", raw: Bool, _ invocation: Invocation
    ) throws -> [UInt8] {
        guard let text else { return raw ? [] : Array("{}".utf8) }
        let bytes: [UInt8]
        var place = "payload"
        switch text.first {
        case "-" where text == "-":
            var input = invocation.readInput()
            guard let all = input.all(limit: Self.readingLimit) else { throw Self.tooLong("stdin") }
            if let error = input.error { throw CommandFailure.usage("cannot read the payload from stdin: \(error)") }
            (bytes, place) = (all, "payload from stdin")
        case "@":
            let path = String(text.dropFirst())
            bytes = try Self.read(path, invocation)
            place = "payload in \(path)"
        default: bytes = Array(text.utf8)
        }
        if !raw { try Self.check(bytes, place, "\(command) \(Invocation.quoted(name))", invocation) }
        return bytes
    }

    private static func check(
        _ bytes: [UInt8], _ place: String, _ typed: String, _ invocation: Invocation
    ) throws {
        do {
            _ = try JSONText(bytes)
        } catch {
            let purpose = place == "payload" ? "Read it from a file:" : "Not meant to be JSON?"
            let command =
                place == "payload"
                ? "\(typed) @payload.json    raw bytes: --raw" : "add --raw"
            var failure = CommandFailure.invalidJSON(
                place, bytes: bytes, error: error, hints: [.init(purpose, command)])
            // The place with a caret is for who typed it, not for the log of a worker.
            if invocation.isInFunction { failure.details = [] }
            throw failure
        }
    }

    private static func read(_ name: String, _ invocation: Invocation) throws -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: invocation.path(name)))
            defer { try? file.close() }
            guard let data = try file.read(upToCount: readingLimit + 1) else { return [] }
            guard data.count <= readingLimit else { throw tooLong(name) }
            return Array(data)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.usage("cannot read the payload from \(name): \(ErrorText.of(error))")
        }
    }

    private static func tooLong(_ place: String) -> CommandFailure {
        .usage(
            "the payload from \(place) is longer than \(NumberText.bytes(readingLimit))",
            hints: [.init("Store it elsewhere:", "enqueue a reference to it")])
    }
}

/// Errors of the system in few words.
enum ErrorText {
    static func of(_ error: any Error) -> String {
        let error = error as NSError
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(cause.code)))
        }
        if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(error.code))) }
        if error.domain == NSCocoaErrorDomain,
            error.code == CocoaError.fileReadNoSuchFile.rawValue || error.code == CocoaError.fileNoSuchFile.rawValue
        {
            return "no such file"
        }
        return error.localizedDescription
    }
}
