#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of a page: every line `$ …` in its ```console blocks, one after the other, in one shell.

    python3 scripts/lib/run-examples.py PATH-TO-STINT docs/cli.md

The page's first YAML block is the stint.yaml of the folder that they run in; `stint up` runs meanwhile. After a command
the page may show what it prints on stdout, where `…` stands for anything (alone on a line: for any lines, also none),
and `[exit N]` for an exit code other than 0. A command without such lines may print what it likes.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading

LIMIT = 60  # seconds for one command
END = "--8<-- end of example "


def examples(path):
    """Yields (line number, command, expected lines or None, exit code)."""
    found, block = [], False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if re.match(r"^\s*```", line):
                block = line.strip() == "```console"
            elif block and line.startswith("$ "):
                found.append([number, line[2:], None, 0])
            elif block and re.match(r"^\[exit \d+\]$", line):
                found[-1][3] = int(line[6:-1])
            elif block:
                found[-1][2] = (found[-1][2] or []) + [line]
    return found


def configuration(path):
    with open(path, encoding="utf-8") as file:
        return re.search(r"^```yaml\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)[1]


def matches(expected, printed):
    """Whether the lines printed are those expected, with `…` for anything."""
    if not expected:
        return not printed
    if expected[0].strip() == "…":
        return any(matches(expected[1:], printed[index:]) for index in range(len(printed) + 1))
    if not printed:
        return False
    pattern = ".*".join(re.escape(part) for part in expected[0].split("…"))
    return re.fullmatch(pattern, printed[0]) is not None and matches(expected[1:], printed[1:])


class Shell:
    """One bash whose variables last from command to command."""

    def __init__(self, folder, environment):
        self.errors = open(os.path.join(folder, ".stderr"), "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            ["bash", "--norc", "-o", "pipefail"], cwd=folder, env=environment, text=True, errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, start_new_session=True)

    def run(self, command):
        """Returns (exit code, lines of stdout, text of stderr)."""
        before = self.errors.seek(0, os.SEEK_END)
        timer = threading.Timer(LIMIT, lambda: os.killpg(self.process.pid, signal.SIGKILL))
        timer.start()
        self.process.stdin.write(f"{{ {command}\n}} </dev/null; printf '\\n{END}%d\\n' $?\n")
        self.process.stdin.flush()
        lines, code = [], None
        for line in self.process.stdout:
            line = line.rstrip("\n")
            if line.startswith(END):
                code = int(line[len(END):])
                break
            lines.append(line)
        timer.cancel()
        if lines and lines[-1] == "":
            lines.pop()
        self.errors.seek(before)
        text = self.errors.read()
        return (code if code is not None else f"none within {LIMIT} s"), lines, text

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()


def main():
    stint, page = os.path.abspath(sys.argv[1]), sys.argv[2]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="stint-doc-") as folder:
        with open(os.path.join(folder, "stint.yaml"), "w", encoding="utf-8") as file:
            file.write(configuration(page))
        tools = os.path.join(folder, ".bin")
        os.mkdir(tools)
        os.symlink(stint, os.path.join(tools, "stint"))
        environment = {key: value for key, value in os.environ.items() if not key.startswith("STINT_")}
        environment.update(
            PATH=tools + ":" + environment["PATH"], HOME=folder, XDG_STATE_HOME=folder + "/.state", LANG="C.UTF-8")
        with open(os.path.join(folder, ".up.log"), "w", encoding="utf-8") as log:
            up = subprocess.Popen(
                [stint, "up", "--slots", "4"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)
        shell = Shell(folder, environment)
        try:
            ready = "for n in {1..200}; do stint worker ls 2>/dev/null | grep -q . && exit_code=0 && break; " \
                "exit_code=1; sleep 0.1; done; (exit $exit_code)"
            if shell.run(ready)[0] != 0:
                with open(os.path.join(folder, ".up.log"), encoding="utf-8", errors="replace") as log:
                    print(f"{page}: stint up did not start\n{log.read()}", file=sys.stderr)
                return 1
            for number, command, expected, exit_code in examples(page):
                code, lines, errors = shell.run(command)
                good = code == exit_code and (expected is None or matches(expected, lines))
                if not good:
                    wrong += 1
                    print(f"{page}:{number}: $ {command}", file=sys.stderr)
                    print(f"  exit {code}, expected {exit_code}", file=sys.stderr)
                    for line in lines + errors.splitlines():
                        print(f"  | {line}", file=sys.stderr)
                if not isinstance(code, int):
                    break
        finally:
            shell.end()
            up.terminate()
            try:
                up.wait(timeout=60)
            except subprocess.TimeoutExpired:
                up.kill()
                up.wait()
            # The private Redis would end by itself, but its folder goes now.
            subprocess.run([stint, "down", "--quiet"], cwd=folder, env=environment, stdin=subprocess.DEVNULL)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
