// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintTerminal

@Suite struct RedactionTests {
    private func json(_ text: String) throws -> String? { Redaction.redacted(try JSONText(text.utf8))?.text }

    @Test("Values under the names of secrets are hidden at any depth, whatever they are, and nothing else changes")
    func values() throws {
        #expect(try json(#"{"a":1,"b":["password",{"c":"token"}]}"#) == nil)
        #expect(try json(#""password""#) == nil)
        #expect(
            try json(#"{"user":"li","Password":"x","n":9007199254740993}"#)
                == #"{"user":"li","Password":"•••","n":9007199254740993}"#)
        #expect(
            try json(#"{"a":[{"apiKey":[1,{"b":"}"}]},2],"api_key":{"x":{}},"API-KEY":null}"#)
                == #"{"a":[{"apiKey":"•••"},2],"api_key":"•••","API-KEY":"•••"}"#)
        #expect(
            try json(#"{"set-cookie":"a\"b,c","authorization":true,"my_secret_2":-1.5e3,"z":1}"#)
                == #"{"set-cookie":"•••","authorization":"•••","my_secret_2":"•••","z":1}"#)
        #expect(try json(#"{"pass\u0077ord":"x","to\/ken":"y"}"#) == #"{"pass\u0077ord":"•••","to\/ken":"y"}"#)
        #expect(try json(#"[{"token":"x"}]"#) == #"[{"token":"•••"}]"#)
    }

    @Test("In other text what follows the name of a secret is hidden")
    func text() {
        #expect(Redaction.redacted("user=li&password=x&a=b") == "user=li&password=•••&a=b")
        #expect(Redaction.redacted("Authorization: Bearer abc\nHost: h") == "Authorization: •••\nHost: h")
        #expect(Redaction.redacted("the password was wrong") == nil)
        #expect(Redaction.redacted("plain") == nil)
    }
}
