# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Installs what the peers need: Debian's packages by scripts/lib/setup.sh, Python's into .build-peers, and Stint itself."""
import os
import platform
import re
import subprocess
import sys

from lib import server
from lib.peer import BUILD, ROOT


def fail(*lines):
    print("error: " + "\n  ".join(lines), file=sys.stderr)
    sys.exit(69)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def install(peers):
    os.makedirs(BUILD, exist_ok=True)
    if subprocess.run(["bash", "-c", ". scripts/lib/setup.sh && stint_install_missing peers"], cwd=ROOT).returncode:
        sys.exit(69)
    for peer in {peer.stem: peer for peer in peers}.values():
        if "pip" in peer.facts:
            install_python(peer)
        for name in peer.facts.get("lua", "").split():
            write_script(name)
        if peer.driver.endswith(".c"):
            binary = os.path.join(BUILD, peer.stem)
            if subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-o", binary, peer.driver, "-lhiredis"]).returncode:
                fail(f"{peer.driver} does not compile")
    find_stint(peers)


def install_python(peer):
    """One environment a peer: some of them ask for different versions of redis-py."""
    wanted = peer.facts["pip"].split()
    environment, pip = os.path.join(BUILD, peer.stem), os.path.join(BUILD, "pip")
    mark = os.path.join(environment, "installed")
    if os.path.exists(mark) and open(mark).read() == " ".join(wanted):
        return
    say(f"Installing {peer.facts['pip']} …")
    python = "/usr/bin/python3"
    commands = [[python, "-m", "venv", "--clear", "--without-pip", environment],
                [os.path.join(pip, "bin", "pip"), "--quiet", "--disable-pip-version-check", "--python", environment, "install", *wanted]]
    if not os.path.exists(os.path.join(pip, "bin", "pip")):
        commands.insert(0, [python, "-m", "venv", "--clear", pip])
    for command in commands:
        if subprocess.run(command).returncode:
            fail(f"pip cannot install {peer.facts['pip']}", "Is PyPI reached? See why: " + " ".join(commands[-1]),
                 f"Without this peer: Benchmarks/peers/run --without {peer.name}")
    with open(mark, "w") as file:
        file.write(" ".join(wanted))


def write_script(name):
    """One of Stint's scripts as the program sends it, from the file that is made of lua/."""
    with open(os.path.join(ROOT, "Sources", "Stint", "Scripts", "Scripts.generated.swift"), encoding="utf-8") as file:
        found = re.search(rf'name: "{name}",\n\s*source: #"""\n(.*?)\n"""#', file.read(), re.S)
    os.makedirs(os.path.join(BUILD, "lua"), exist_ok=True)
    with open(os.path.join(BUILD, "lua", name + ".lua"), "w", encoding="utf-8") as file:
        file.write(found[1])


def find_stint(peers):
    """STINT in the environment, else a release build without TLS, which is made here."""
    if not any(peer.stem == "stint" for peer in peers):
        return
    if "STINT" not in os.environ:
        scratch = os.path.join(ROOT, ".build-release")
        command = ["swift", "build", "-c", "release", "--product", "stint", "--disable-default-traits", "--scratch-path", scratch]
        say("Building", *command[3:7], "…")
        if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode:
            fail("stint cannot be built", "See why: " + " ".join(command))
        os.environ["STINT"] = os.path.join(scratch, "release", "stint")
    os.environ["STINT"] = os.path.abspath(os.environ["STINT"])
    if not os.access(os.environ["STINT"], os.X_OK):
        fail(f"STINT names no program: {os.environ['STINT']}")


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


def machine():
    with open("/proc/cpuinfo") as file:
        processor = re.search(r"model name\s*: (.*)", file.read())
    return {"processor": processor[1] if processor else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "redis": re.sub(r" sha=.*", "", server.version("redis"))}


def version(peer):
    """The exact versions of what the peer consists of."""
    if peer.stem == "stint":
        return f"{output(os.environ['STINT'], '--version')}, commit {output('git', 'rev-parse', '--short', 'HEAD')}"
    if "pip" in peer.facts:
        python = os.path.join(BUILD, peer.stem)
        frozen = output(os.path.join(BUILD, "pip", "bin", "pip"), "--disable-pip-version-check", "--python", python, "freeze").split()
        names = {re.split(r"[=\[]", word)[0] for word in peer.facts["pip"].split()} | {"redis", "kombu"}
        return "Python " + platform_python() + ", " + ", ".join(one.replace("==", " ") for one in frozen if one.split("==")[0] in names)
    packages = peer.facts["apt"].split()
    versions = output("dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *packages).splitlines()
    return ", ".join(versions)


def platform_python():
    return output("/usr/bin/python3", "-c", "import platform; print(platform.python_version())")
