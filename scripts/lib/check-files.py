#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""Checks what no compiler reads: YAML files, the paths they and the pages name, and every `stint` command written down.

    python3 scripts/lib/check-files.py PATH-TO-STINT

- Each YAML file can be read, and no mapping in it names a key twice.
- Paths in docker-compose.yml, the Dockerfile, kustomization.yaml and links in Markdown pages exist.
- Each `stint …` in them is a command that exists, with options that its --help lists.
- Each stint.yaml passes `stint config check`.
- Each line of Swift in the pages is a line of a file that the tests build.
"""

import functools
import os
import re
import shlex
import subprocess
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.chdir(ROOT)
STINT = os.path.abspath(sys.argv[1])
PROBLEMS = []


def problem(where, text):
    PROBLEMS.append(f"{where}: {text}")


def files(*suffixes):
    """Files of the repository, by the ends of their names; what builds and runs leave is left out."""
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(
            one for one in folders
            if not one.startswith((".build", ".stint", ".git", ".swiftpm")) and one not in ("results", "__pycache__"))
        for name in sorted(names):
            if name.endswith(suffixes):
                yield os.path.relpath(os.path.join(folder, name))


class OnceLoader(yaml.SafeLoader):
    """Refuses a key that is named twice, which YAML forbids and PyYAML takes."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key '{key.value}' twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def documents(path):
    try:
        with open(path, encoding="utf-8") as file:
            return list(yaml.load_all(file, OnceLoader))
    except yaml.YAMLError as error:
        problem(path, f"is not valid YAML: {error}")
        return []


# --- commands -------------------------------------------------------------------------------------------------------


@functools.cache
def help_of(command):
    """The help of a command (a tuple of words), or None when there is no such command."""
    done = subprocess.run([STINT, *command, "--help"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


@functools.cache
def subcommands(command):
    text = help_of(command) or ""
    names = set()
    for part in re.findall(r"^[A-Z ]*SUBCOMMANDS:\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL):
        for line in part.splitlines():
            match = re.match(r"^  (\w[\w-]*(?:, \w[\w-]*)*)(?:\s|$)", line)
            names.update(match[1].split(", ") if match else [])
    return names


def check_command(where, words):
    """Checks the words after `stint`: the command exists, and so does each option."""
    command = ()
    options = []
    for index, word in enumerate(words):
        if word == "--":
            break
        if word.startswith("-") and len(word) > 1 and not re.match(r"^-[0-9.]", word):
            options.append(word.split("=")[0])
        elif len(command) == len([one for one in words[:index] if not one.startswith("-")]):
            if word in subcommands(command):
                command += (word,)
    text = help_of(command)
    if text is None or (words and not command and not words[0].startswith("-") and words[0] != "help"):
        problem(where, f"there is no command: stint {' '.join(words)}")
        return
    for option in options:
        short = re.match(r"^-([a-z]+)$", option)
        for one in ["-" + letter for letter in short[1]] if short else [option]:
            if not re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text):
                problem(where, f"'stint {' '.join(command)}' has no option {one}")


def stint_commands(line):
    """The words after `stint` for each use of it in one line of shell."""
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:
        return
    current = None
    start = True  # the next word is the beginning of a command
    for word in words + [";"]:
        if word and set(word) <= set("|&;<>()"):
            if current is not None and word[0] in "|&;)":
                yield current
                current = None
            start = word[0] in "|&;("
        elif current is not None:
            current.append(word)
        elif start and not re.match(r"^\w+=", word):
            if word == "stint":
                current = []
            start = False


# --- pages ----------------------------------------------------------------------------------------------------------


def check_page(path):
    fence = None
    pending = ""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            where = f"{path}:{number}"
            line = line.rstrip("\n")
            mark = re.match(r"^\s*```(\w*)", line)
            if mark:
                fence = None if fence is not None else mark[1]
                pending = ""
                continue
            if fence is None:
                for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
                    if not re.match(r"^[a-z]+:", target) and ".." + "/commits" not in target:
                        if not os.path.exists(os.path.join(os.path.dirname(path), target)):
                            problem(where, f"link to a file that is not there: {target}")
                for code in re.findall(r"`([^`]+)`", line):
                    if re.match(r"stint [a-z-]", code) and "…" not in code:
                        check_line(where, code)
            elif fence == "swift":
                check_swift(where, line)
            elif fence in ("sh", "console", "bash"):
                if fence == "console":
                    if not line.startswith("$ ") and not pending:
                        continue
                    line = line.removeprefix("$ ")
                line = pending + line
                if line.endswith("\\"):
                    pending = line[:-1]
                    continue
                pending = ""
                check_line(where, line)


@functools.cache
def built_lines():
    """All lines of Swift files that a build sees, without the space around them."""
    lines = set()
    for folder in ("Examples", "Tests"):
        for path in files(".swift"):
            if path.startswith(folder + os.sep):
                with open(path, encoding="utf-8") as file:
                    lines.update(line.strip() for line in file)
    return lines


def check_swift(where, line):
    """A line of Swift that is not built may be untrue: `…` and comments are for readers only."""
    line = line.strip()
    if line and "…" not in line and not line.startswith("//") and line not in built_lines():
        problem(where, f"no file of Examples or Tests has this line: {line}")


def check_line(where, line):
    for words in stint_commands(line.split(" # ")[0]):
        check_command(where, words)


# --- deployment -----------------------------------------------------------------------------------------------------


def check_compose(path):
    for document in documents(path):
        for name, service in document["services"].items():
            where = f"{path}: service {name}"
            build = service.get("build")
            if build is not None:
                context = build if isinstance(build, str) else build.get("context", ".")
                if not os.path.exists(os.path.join(context, "Dockerfile")):
                    problem(where, f"no Dockerfile in {context}")
                check_command(where, service.get("command", []))
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("."):
                    if not os.path.exists(source):
                        problem(where, f"no such path: {source}")
                elif source not in (document.get("volumes") or {}):
                    problem(where, f"no such volume: {source}")
            for other in service.get("depends_on", {}):
                if other not in document["services"]:
                    problem(where, f"depends on an unknown service: {other}")
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = re.match(r"^#\s+docker compose run (?:-\S+ )*worker (.*)$", line)
            if match:
                check_command(f"{path}:{number}", shlex.split(match[1]))


def check_dockerfile(path):
    ignored = os.path.join(os.path.dirname(path), ".dockerignore")
    with open(ignored, encoding="utf-8") as file:
        sent = [line.strip()[1:] for line in file if line.startswith("!")]
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.split()
            if words[:1] == ["COPY"] and not words[1].startswith("--from"):
                for source in words[1:-1]:
                    if not os.path.exists(source):
                        problem(f"{path}:{number}", f"no such path: {source}")
                    if source not in sent and source.split("/")[0] not in sent:
                        problem(f"{path}:{number}", f".dockerignore keeps {source} from the builder")
            if words[:1] == ["CMD"]:
                check_command(f"{path}:{number}", yaml.safe_load(line.split(None, 1)[1]))


def check_kubernetes(folder):
    kustomization = os.path.join(folder, "kustomization.yaml")
    for document in documents(kustomization):
        named = list(document["resources"])
        for generator in document.get("configMapGenerator", []):
            named += generator.get("files", [])
        for name in named:
            if not os.path.exists(os.path.join(folder, name)):
                problem(kustomization, f"no such file: {name}")
        for name in document["resources"]:
            for resource in documents(os.path.join(folder, name)):
                for key in ("apiVersion", "kind", "metadata"):
                    if key not in resource:
                        problem(os.path.join(folder, name), f"a document has no {key}")
                if resource["kind"] == "Deployment":
                    for container in resource["spec"]["template"]["spec"]["containers"]:
                        check_command(os.path.join(folder, name), container.get("args", []))


def check_systemd(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = re.match(r"^Exec\w+=\S*/stint (.*)$", line)
            if match:
                check_command(f"{path}:{number}", shlex.split(match[1]))


def check_functions(path):
    done = subprocess.run(
        [STINT, "config", "check"], cwd=os.path.dirname(path), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, env={key: value for key, value in os.environ.items() if not key.startswith("STINT_")})
    if done.returncode != 0:
        problem(path, f"stint config check: exit {done.returncode}\n{done.stdout}{done.stderr}")


def main():
    for path in files(".yml", ".yaml"):
        documents(path)
    check_compose("docker-compose.yml")
    check_dockerfile("Dockerfile")
    check_kubernetes("docs/deploy/kubernetes")
    for path in files(".service"):
        check_systemd(path)
    for path in files("stint.yaml"):
        check_functions(path)
    for path in files(".md"):
        check_page(path)
    for one in PROBLEMS:
        print(one, file=sys.stderr)
    return 1 if PROBLEMS else 0


if __name__ == "__main__":
    sys.exit(main())
