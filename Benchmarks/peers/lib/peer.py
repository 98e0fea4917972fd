# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""A peer: its driver, what the driver's first lines say of it, and how it is started and killed."""
import dataclasses
import json
import os
import re
import signal
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, ".build-peers")


class Failed(Exception):
    pass


@dataclasses.dataclass
class Peer:
    name: str
    driver: str
    facts: dict

    @property
    def stem(self):
        return os.path.basename(self.driver).rsplit(".", 1)[0].removesuffix("_driver")

    @property
    def server(self):
        return self.facts.get("server", "redis")

    @property
    def jobs(self):
        return int(self.facts["jobs"])

    def can(self, measure):
        return measure in self.facts["measures"].split()

    def command(self):
        if self.driver.endswith(".rb"):
            return ["ruby", self.driver]
        if self.driver.endswith(".c"):
            return [os.path.join(BUILD, self.stem)]
        python = os.path.join(BUILD, self.stem, "bin", "python")
        return [python if os.path.exists(python) else "/usr/bin/python3", self.driver]

    def start(self, verb, server, *more, errors=None):
        """Starts the driver as the leader of a session of its own."""
        environment = {**os.environ, "PEER": self.name, "PYTHONDONTWRITEBYTECODE": "1", "C_FORCE_ROOT": "1"}
        return subprocess.Popen(
            [*self.command(), verb, "--redis", server.url, *map(str, more)], env=environment, cwd=BUILD, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if verb != "work" else subprocess.DEVNULL, stderr=errors or subprocess.DEVNULL,
            start_new_session=True)

    def call(self, verb, server, *more, limit=180):
        """Runs the driver to its end and returns the object that it prints."""
        with open(os.path.join(server.folder, "driver.err"), "w+b") as errors:
            driver = self.start(verb, server, *more, errors=errors)
            try:
                output, _ = driver.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                kill_tree(driver.pid)
                driver.wait()
                raise Failed(f"not within {limit} s") from None
            objects = [line for line in output.splitlines() if line.startswith(b"{")]
            if not objects:
                errors.seek(0)
                raise Failed(f"ended with {driver.returncode}: {last_line(errors.read())}")
        return json.loads(objects[-1])


def peers():
    """All peers, in the order of the drivers' names, Stint first."""
    found = []
    folder = os.path.join(HERE, "drivers")
    for name in sorted(one for one in os.listdir(folder) if one.endswith((".py", ".rb", ".c"))):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            facts = dict(re.findall(r"^(?:#|//) ([a-z]+): (.*)$", file.read(4000), re.M))
        for peer in facts.get("peers", "").split():
            found.append(Peer(peer, path, facts))
    return sorted(found, key=lambda peer: (not peer.name.startswith("stint"), peer.name.startswith("floor")))


def last_line(text):
    lines = text.decode(errors="replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "no word")


def parents():
    """Parent of each process."""
    of = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    of[int(entry)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    return of


def tree(root):
    """A process that was started here, and all that it started."""
    of, members, grown = parents(), {root}, True
    while grown:
        more = {child for child, parent in of.items() if parent in members} - members
        members |= more
        grown = bool(more)
    return members


def signal_tree(root, number):
    for process in tree(root):
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


def kill_tree(root):
    signal_tree(root, signal.SIGKILL)


def owner(process, candidates):
    """Which of the candidates started the process, or is it."""
    of = parents()
    while process and process not in candidates:
        process = of.get(process, 0)
    return process
