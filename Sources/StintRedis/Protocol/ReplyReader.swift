// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CHiredis

/// Parses replies out of a stream of bytes, with the reader of hiredis.
///
/// hiredis calls back for each item it has read; the callbacks build `RedisValue`s directly on a stack of open
/// arrays, so nothing is allocated twice and no tree of C objects has to be freed. What a peer announces is believed
/// only within limits: hiredis 0.14 reads eight levels of arrays (an array and seven in it) and refuses the ninth, and
/// this type refuses bulk strings over 512 MiB (the limit of Redis itself), replies of more than 4,194,304 elements and
/// lines over 1 MiB as soon as they are announced, before memory is taken for them. After an error the reader stays
/// unusable.
///
/// Confined to one thread at a time.
package final class ReplyReader {
    /// The peer broke the protocol or a limit.
    package struct Violation: Error, Equatable {
        package var reason: String
    }

    /// What a reply may be at most.
    struct Limits {
        var bulkBytes = 512 * 1024 * 1024
        var elements = 4 * 1024 * 1024
        var lineBytes = 1024 * 1024
    }

    /// hiredis moves the rest of its buffer for each kilobyte it consumed, so it is fed small pieces.
    private static let pieceBytes = 16 * 1024

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: ReplyBuilder
    private let limits: Limits
    private var violation: Violation?

    /// Makes a reader with the limits that hold in production.
    package convenience init() throws(Violation) { try self.init(limits: Limits()) }

    init(limits: Limits) throws(Violation) {
        self.limits = limits
        builder = ReplyBuilder(maximumElements: limits.elements)
        functions = .allocate(capacity: 1)
        functions.initialize(to: ReplyBuilder.functions)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            throw Violation(reason: "no memory for a reader")
        }
        self.reader = reader
        // 0: the buffer is kept from reply to reply. It is as large as the largest one so far.
        reader.pointee.maxbuf = 0
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    /// How many bytes are held that are not yet a reply, with what was consumed and not yet dropped.
    var heldBytes: Int { Int(reader.pointee.len) }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    /// Reads `bytes` and calls `body` with each reply that they complete.
    ///
    /// Replies complete before a violation are still delivered.
    package func read(_ bytes: UnsafeRawBufferPointer, _ body: (RedisValue) -> Void) throws(Violation) {
        if let violation { throw violation }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceBytes))
            rest = rest.dropFirst(piece.count)
            let status = redisReaderFeed(reader, piece.baseAddress?.assumingMemoryBound(to: CChar.self), piece.count)
            guard status == REDIS_OK else { throw fail() }
            while let reply = try nextReply() {
                body(reply)
            }
            try checkAnnouncement()
        }
    }

    private func nextReply() throws(Violation) -> RedisValue? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw fail() }
        guard object != nil else { return nil }
        return builder.takeReply()
    }

    private func fail(_ reason: String? = nil) -> Violation {
        let violation = Violation(reason: reason ?? builder.violation ?? readerError)
        self.violation = violation
        return violation
    }

    private var readerError: String {
        withUnsafeBytes(of: reader.pointee.errstr) { errstr in
            String(decoding: errstr.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Judges the item that hiredis waits for the rest of.
    private func checkAnnouncement() throws(Violation) {
        let available = reader.pointee.len - reader.pointee.pos
        guard available > 0, let buffer = reader.pointee.buf else { return }
        let type = stint_reader_pending_type(reader)
        guard type == REDIS_REPLY_STRING else {
            if available > limits.lineBytes { throw fail("a line of more than \(limits.lineBytes) bytes") }
            return
        }
        var announced = 0
        for index in 0..<min(available, 24) {
            let byte = UInt8(bitPattern: buffer[reader.pointee.pos + index])
            if byte == UInt8(ascii: "\r") { return }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            announced = announced * 10 + Int(byte - UInt8(ascii: "0"))
            if announced > limits.bulkBytes {
                throw fail("a bulk string of more than \(limits.bulkBytes) bytes")
            }
        }
        if available >= 24 { throw fail("a bulk string without a length") }
    }
}
