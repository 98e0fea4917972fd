// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// A property whose value is never shown where its owner is printed, logged or dumped.
///
/// ```swift
/// struct Connect: Job {
///     static let name = "connect"
///     var host: String
///     @Redacted var password: String
/// }
/// ```
///
/// It is coded as the bare value, so it may be added to and taken from a job type that is in use. It hides, and does not
/// encrypt: for that the client needs a ``Sealing``.
@propertyWrapper
public struct Redacted<Value> {
    /// The value.
    public var wrappedValue: Value

    /// Hides a value.
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Three dots, whatever the value.
    public var description: String { "•••" }

    /// Three dots, whatever the value.
    public var debugDescription: String { description }

    /// Shows nothing of the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Redacted: Sendable where Value: Sendable {}
extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: Encodable where Value: Encodable {
    /// Writes the bare value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension Redacted: Decodable where Value: Decodable {
    /// Reads the bare value.
    public init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value.self)
    }
}

extension KeyedDecodingContainer {
    /// Reads a property that may be missing.
    public func decode<Value: Decodable>(
        _ type: Redacted<Value?>.Type, forKey key: Key
    ) throws -> Redacted<Value?> {
        Redacted(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    /// Leaves out a property that is missing.
    public mutating func encode<Value: Encodable>(_ value: Redacted<Value?>, forKey key: Key) throws {
        try encodeIfPresent(value.wrappedValue, forKey: key)
    }
}
