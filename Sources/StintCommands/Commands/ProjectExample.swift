// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintFunctions

/// The projects that `stint init` writes.
enum ProjectExample: String, CaseIterable {
    case hello, mail, etl

    /// One file of a project.
    struct File {
        /// Where it stands in the project's folder.
        var path: String
        /// What stands in it.
        var text: String
        /// Whether it is a program.
        var isExecutable = false
    }

    /// Name and payload of a job that works, for the shell.
    var sampleJob: String {
        switch self {
        case .hello: #"hello '{"name":"Wang"}'"#
        case .mail: #"mail.send '{"to":"wang@example.com","subject":"Hello"}'"#
        case .etl: #"etl.sum '{"csv":"city,people\nWuhan,11\nBerlin,4\n","column":"people"}'"#
        }
    }

    /// A job for one of these functions that works: as an example knows it, else with an empty payload for the first.
    static func sampleJob(for patterns: [NamePattern]) -> String? {
        for pattern in patterns {
            for job in allCases.map(\.sampleJob) where pattern.matches(String(job.prefix { $0 != " " })) { return job }
        }
        return patterns.map(\.description).first { !$0.hasSuffix("*") }.map { "\($0) '{}'" }
    }

    /// The files to write.
    var files: [File] {
        switch self {
        case .hello:
            [
                File(path: "stint.yaml", text: Self.helloYAML),
                File(path: "fn/hello.sh", text: Self.helloShell, isExecutable: true),
            ]
        case .mail:
            [
                File(path: "stint.yaml", text: Self.mailYAML),
                File(path: "fn/mail.py", text: Self.mailPython, isExecutable: true),
            ]
        case .etl:
            [
                File(path: "stint.yaml", text: Self.etlYAML),
                File(path: "fn/etl.py", text: Self.etlPython, isExecutable: true),
            ]
        }
    }

    private static let contract = """
        # A function reads the payload on stdin and writes its result to stdout; stderr is the job's log.
        # Exit 0: done. 65 or 78: dead at once. 79: try later, no attempt used. Anything else: tried again.

        """

    private static let helloYAML =
        contract + """
            functions:
              hello: {run: "fn/hello.sh", timeout: 10s}

            """

    private static let helloShell = """
        #!/bin/sh
        # The name out of {"name": "…"}; a real function would use a JSON parser.
        name=$(sed -n 's/.*"name" *: *"\\([^"]*\\)".*/\\1/p')
        if [ -z "$name" ]; then
            echo 'the payload has no "name"' >&2
            exit 65
        fi
        echo "attempt $STINT_ATTEMPT of job $STINT_JOB_ID" >&2
        echo "hello $name"

        """

    private static let mailYAML =
        contract + """
            defaults: {attempts: 8, backoff: "exponential(1s, 10m)"}
            queues:
              mail: {weight: 3}
              default: {}
            functions:
              mail.send: {run: "python3 fn/mail.py", queue: mail, timeout: 30s}

            """

    private static let mailPython = #"""
        #!/usr/bin/env python3
        """Delivers a message into the folder outbox, once, however often the job is tried."""
        import json
        import os
        import pathlib
        import sys

        BAD_DATA = 65  # never tried again
        TRY_AGAIN = 75

        message = json.load(sys.stdin)
        address = message.get("to", "")
        if "@" not in address:
            print(f"not an address: {address!r}", file=sys.stderr)
            sys.exit(BAD_DATA)

        # The key is the same in each attempt of a job: what was delivered before is not delivered again.
        key = os.environ["STINT_IDEMPOTENCY_KEY"]
        outbox = pathlib.Path("outbox")
        outbox.mkdir(exist_ok=True)
        target = outbox / ("".join(c if c.isalnum() else "-" for c in key) + ".json")
        # Written under another name first: a file of this name is always whole, whenever the job is killed.
        draft = target.with_suffix(f".{os.getpid()}.tmp")
        try:
            state = "delivered before"
            if not target.exists():
                draft.write_text(json.dumps(message))
                draft.rename(target)
                state = "delivered"
        except OSError as error:
            draft.unlink(missing_ok=True)
            print(f"outbox: {error}", file=sys.stderr)
            sys.exit(TRY_AGAIN)
        print(json.dumps({"to": address, "state": state}))

        """#

    private static let etlYAML =
        contract + """
            functions:
              # One program for all jobs whose names begin with etl.
              etl.*: {run: ["python3", "fn/etl.py", "{name}"], queue: etl, timeout: 5m, memory: 512MB}

            """

    private static let etlPython = #"""
        #!/usr/bin/env python3
        """Extracts a column of a CSV text and adds it up (etl.sum) or counts its values (etl.count)."""
        import collections
        import csv
        import io
        import json
        import os
        import sys

        BAD_DATA = 65


        def progress(fraction, note):
            """Tells how far the job is, on descriptor 3."""
            os.write(3, (json.dumps({"progress": fraction, "note": note}) + "\n").encode())


        job = sys.argv[1]
        request = json.load(sys.stdin)
        rows = list(csv.DictReader(io.StringIO(request["csv"])))
        column = request["column"]
        if not rows or column not in rows[0]:
            print(f"no column {column!r}", file=sys.stderr)
            sys.exit(BAD_DATA)
        progress(0.5, f"{len(rows)} rows read")
        values = [row[column] for row in rows]
        if job == "etl.sum":
            result = {"sum": sum(int(value) for value in values), "rows": len(values)}
        elif job == "etl.count":
            result = collections.Counter(values)
        else:
            print(f"no such step: {job}", file=sys.stderr)
            sys.exit(BAD_DATA)
        progress(1, "done")
        print(json.dumps(result))

        """#
}
