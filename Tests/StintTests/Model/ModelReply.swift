// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

/// What a script is to answer, with records in decoded form.
enum ModelReply: Equatable, CustomStringConvertible {
    case number(Int64)
    case text(String)
    case nothing
    case bytes([UInt8])
    case record(JobRecord)
    /// Texts in any order.
    case set(Set<String>)
    case list([ModelReply])

    static func codes(_ codes: [String]) -> ModelReply { .list([.number(1), .text(codes.joined())]) }
    static func texts(_ texts: [String]) -> ModelReply { .list(texts.map(ModelReply.text)) }
    static let laneLost = ModelReply.list([.number(-1)])

    /// Whether Redis answered that.
    func matches(_ value: RedisValue) -> Bool {
        switch self {
        case .number(let number): value == .integer(number)
        case .text(let text): value == .text(text)
        case .nothing: value == .null
        case .bytes(let bytes): value == .bytes(bytes)
        case .record(let record): value.bytesValue.flatMap { try? JobRecord($0) } == record
        case .set(let texts):
            value.arrayValue.map { $0.count == texts.count && Set($0.map(\.line)) == texts } ?? false
        case .list(let replies):
            value.arrayValue.map { $0.count == replies.count && zip(replies, $0).allSatisfy { $0.matches($1) } }
                ?? false
        }
    }

    var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): text
        case .nothing: "nil"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .record(let record): "\(record.state) \(record.fence)"
        case .set(let texts): "{\(texts.sorted().joined(separator: ", "))}"
        case .list(let replies): "[" + replies.map(\.description).joined(separator: ", ") + "]"
        }
    }
}
