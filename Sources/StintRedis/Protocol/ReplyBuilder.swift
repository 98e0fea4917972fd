// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CHiredis

/// Collects the items of one reply while hiredis reads them.
///
/// hiredis wants an object for each item; it gets the same non-null pointer each time and never looks behind it.
final class ReplyBuilder {
    private struct OpenArray {
        var elements: [RedisValue]
        var missing: Int
    }

    /// Why an item was refused; hiredis itself then only says that memory ran out.
    private(set) var violation: String?
    private let maximumElements: Int
    private var open: [OpenArray] = []
    private var elements = 0
    private var reply: RedisValue?

    init(maximumElements: Int) {
        self.maximumElements = maximumElements
    }

    /// Returns the reply that was completed last and begins a new one.
    func takeReply() -> RedisValue? {
        defer {
            reply = nil
            elements = 0
        }
        return reply
    }

    private func add(_ value: RedisValue) {
        guard !open.isEmpty else {
            reply = value
            return
        }
        let last = open.count - 1
        open[last].elements.append(value)
        open[last].missing -= 1
        // The end of an array may be that of the array around it.
        if open[last].missing == 0, let array = open.popLast() { add(.array(array.elements)) }
    }

    private func beginArray(count: Int) -> Bool {
        elements += count
        guard elements <= maximumElements else {
            violation = "a reply of more than \(maximumElements) elements"
            return false
        }
        if count == 0 {
            add(.array([]))
        } else {
            var array = OpenArray(elements: [], missing: count)
            // An announcement is not yet data: grow with what really comes.
            array.elements.reserveCapacity(min(count, 1024))
            open.append(array)
        }
        return true
    }

    private static func of(_ task: UnsafePointer<redisReadTask>?) -> ReplyBuilder? {
        guard let pointer = task?.pointee.privdata else { return nil }
        return Unmanaged<ReplyBuilder>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// The callbacks; they find their builder through the reader's private data.
    static var functions: redisReplyObjectFunctions {
        var functions = redisReplyObjectFunctions()
        functions.createString = { task, text, count in
            guard let builder = ReplyBuilder.of(task), let task else { return nil }
            let raw = UnsafeRawBufferPointer(start: text, count: Int(count))
            switch task.pointee.type {
            case REDIS_REPLY_ERROR: builder.add(.error(RedisServerError(line: raw)))
            case REDIS_REPLY_STATUS: builder.add(.status([UInt8](raw)))
            default: builder.add(.bytes([UInt8](raw)))
            }
            return UnsafeMutableRawPointer(bitPattern: 1)
        }
        functions.createArray = { task, count in
            guard let builder = ReplyBuilder.of(task), builder.beginArray(count: Int(count)) else { return nil }
            return UnsafeMutableRawPointer(bitPattern: 1)
        }
        functions.createInteger = { task, value in
            guard let builder = ReplyBuilder.of(task) else { return nil }
            builder.add(.integer(value))
            return UnsafeMutableRawPointer(bitPattern: 1)
        }
        functions.createNil = { task in
            guard let builder = ReplyBuilder.of(task) else { return nil }
            builder.add(.null)
            return UnsafeMutableRawPointer(bitPattern: 1)
        }
        functions.freeObject = { _ in }
        return functions
    }
}
