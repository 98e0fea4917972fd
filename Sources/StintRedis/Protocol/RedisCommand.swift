// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One encoded command.
///
/// Encoding is done by the caller's thread, so that the event loop only copies bytes.
package struct RedisCommand: Sendable, Hashable {
    /// The first argument, such as `EVALSHA`, for messages.
    ///
    /// Never holds a secret.
    package let name: String
    /// What people call it: the name, or that of the script which it calls.
    package let label: String
    /// The command as it goes over the wire.
    package let bytes: [UInt8]

    /// Encodes a command whose arguments are bytes.
    package init(_ name: String, _ arguments: [[UInt8]]) {
        self.init(name, count: arguments.count) { encoder in
            for argument in arguments {
                encoder.append(argument)
            }
        }
    }

    /// Encodes a command whose arguments are texts.
    @_disfavoredOverload
    package init(_ name: String, _ arguments: [String]) {
        self.init(name, count: arguments.count) { encoder in
            for argument in arguments {
                encoder.append(argument)
            }
        }
    }

    /// Encodes a command whose arguments are texts.
    package init(_ name: String, _ arguments: String...) {
        self.init(name, arguments)
    }

    /// Encodes a command of `count` arguments (its name not counted), which `body` appends.
    package init(
        _ name: String, label: String? = nil, count: Int, reservingBytes: Int = 0, _ body: (inout Encoder) -> Void
    ) {
        var encoder = Encoder(count: count + 1, reservingBytes: reservingBytes)
        encoder.append(name)
        body(&encoder)
        precondition(encoder.remaining == 0, "a command must get as many arguments as it announced")
        self.name = name
        self.label = label ?? name
        self.bytes = encoder.bytes
    }
}

extension RedisCommand {
    /// Appends the arguments of one command.
    package struct Encoder {
        fileprivate var bytes: [UInt8] = []
        fileprivate var remaining: Int

        fileprivate init(count: Int, reservingBytes: Int) {
            remaining = count
            bytes.reserveCapacity(max(64, reservingBytes) + 16 * count)
            bytes.append(UInt8(ascii: "*"))
            appendDigits(count)
            appendLineEnd()
        }

        /// Appends an argument of bytes.
        package mutating func append(_ argument: [UInt8]) {
            open(length: argument.count)
            bytes.append(contentsOf: argument)
            appendLineEnd()
        }

        /// Appends an argument of text.
        package mutating func append(_ argument: String) {
            let utf8 = argument.utf8
            open(length: utf8.count)
            bytes.append(contentsOf: utf8)
            appendLineEnd()
        }

        /// Appends a number as text.
        package mutating func append(_ argument: some BinaryInteger) {
            append(String(argument))
        }

        private mutating func open(length: Int) {
            remaining -= 1
            bytes.append(UInt8(ascii: "$"))
            appendDigits(length)
            appendLineEnd()
        }

        private mutating func appendLineEnd() {
            bytes.append(UInt8(ascii: "\r"))
            bytes.append(UInt8(ascii: "\n"))
        }

        private mutating func appendDigits(_ number: Int) {
            if number < 10 {
                bytes.append(UInt8(ascii: "0") + UInt8(number))
            } else {
                bytes.appendDecimal(number)
            }
        }
    }
}
