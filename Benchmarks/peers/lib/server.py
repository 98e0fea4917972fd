# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Private servers: a fresh one for each measurement, on a Unix socket in a folder of its own."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class Watch:
    """The commands that a Redis is sent, as MONITOR tells them."""

    def __init__(self, server):
        self.text, self.socket = "", socket.socket(socket.AF_UNIX)
        self.socket.settimeout(0.05)
        self.socket.connect(server.path)
        self.socket.sendall(b"MONITOR\r\n")

    def find(self, pattern, limit):
        """What a command like that says in its group, if one comes in time."""
        deadline = time.time() + limit
        while time.time() < deadline:
            try:
                self.text += self.socket.recv(1 << 16).decode(errors="replace")
            except TimeoutError:
                pass
            if found := re.search(pattern, self.text):
                return found[1]
        return None


FOLDERS = set()


def remove_folders():
    for folder in list(FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """redis-server or beanstalkd; the same settings for every peer, with or without a log on disk."""

    def __init__(self, kind="redis", appends=False):
        self.kind, self.appends = kind, appends
        self.folder = tempfile.mkdtemp(prefix="stint-peers-")
        FOLDERS.add(self.folder)
        self.path = os.path.join(self.folder, "s")
        self.url = "unix://" + self.path

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        FOLDERS.discard(self.folder)

    def command(self):
        if self.kind == "beanstalkd":
            log = ["-b", self.folder, "-f", "1000"] if self.appends else []
            return ["beanstalkd", "-l", "unix:" + self.path, *log]
        append = ["--appendonly", "yes", "--appendfsync", "everysec"] if self.appends else ["--appendonly", "no"]
        return ["redis-server", "--port", "0", "--unixsocket", self.path, "--dir", self.folder, "--save", "",
                "--loglevel", "warning", "--logfile", os.path.join(self.folder, "log"), *append]

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.time() + 30
        while not self.answers():
            if self.process.poll() is not None or time.time() > deadline:
                raise RuntimeError(f"{self.kind} did not start")
            time.sleep(0.02)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, text):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(self.path)
            connection.sendall(text.encode() + b"\r\n")
            answer = connection.recv(1 << 16)
            if answer[:1] == b"$":
                head, _, rest = answer.partition(b"\r\n")
                while len(rest) < int(head[1:]):
                    rest += connection.recv(1 << 16)
                answer = rest
            return answer.decode()

    def answers(self):
        try:
            return self.ask("PING" if self.kind == "redis" else "list-tube-used").startswith(("+PONG", "USING"))
        except OSError:
            return False

    def info(self, section):
        pairs = (line.split(":", 1) for line in self.ask("INFO " + section).splitlines() if ":" in line)
        return dict(pairs)

    def cpu(self):
        """Processor seconds so far."""
        if self.kind == "redis":
            info = self.info("cpu")
            return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        if self.kind == "redis":
            return int(self.info("memory")["used_memory"])
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


def version(kind):
    option = "--version" if kind == "redis" else "-v"
    name = "redis-server" if kind == "redis" else kind
    return subprocess.run([name, option], capture_output=True, text=True).stdout.strip()
