// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

@testable import StintFunctions

/// Collects what callbacks deliver.
final class Collector<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// Makes a definition that runs in the temporary folder.
func function(
    _ arguments: [String], name: String = "test", _ change: (inout FunctionDefinition) -> Void = { _ in }
) throws -> FunctionDefinition {
    var definition = FunctionDefinition(try NamePattern(name), .arguments(arguments), directory: "/tmp")
    change(&definition)
    return definition
}

func shell(
    _ script: String, _ change: (inout FunctionDefinition) -> Void = { _ in }
) throws -> FunctionDefinition {
    var definition = FunctionDefinition(try NamePattern("test"), .shell(script), directory: "/tmp")
    change(&definition)
    return definition
}

func attempt(_ name: String = "test") -> FunctionEnvironment {
    FunctionEnvironment(
        id: "01J9ZK3V7Q8RXF2M4T9C0DWAYB", name: name, idempotencyKey: "default/01J9ZK3V7Q8RXF2M4T9C0DWAYB")
}

extension FunctionRunner {
    func run(_ definition: FunctionDefinition, _ payload: String = "") async throws -> FunctionResult {
        try await run(definition, payload: Array(payload.utf8), environment: attempt())
    }
}

extension FunctionResult {
    var text: String { String(decoding: output, as: UTF8.self) }
}

/// Waits until the condition holds, at most a minute.
func eventually(_ condition: () -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}

/// Whether a process of this id exists and is not a zombie.
func isAlive(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return !(status.split(separator: ")").last ?? "").hasPrefix(" Z")
}

/// Calls the body with a new folder, which is deleted afterwards.
func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
    let path = NSTemporaryDirectory() + "stint-functions-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
