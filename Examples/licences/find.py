#!/usr/bin/env python3
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
"""A Stint function: finds the licences that one Debian copyright file names.

Payload on stdin:  {"package": "grep", "file": "/usr/share/doc/grep/copyright"}
Result on stdout:  {"package": "grep", "licences": ["GPL-3+"], "how": "fields", "attempt": 2}

The same result is left in the folder `results/`, one file a package, where `merge.py` reads it. A job may run more than
once (a worker can die after the work and before it could say so), so the file is written whole and then renamed:
a second run replaces it and changes nothing.
"""

import json
import os
import re
import sys

# A stand-in for a flaky network: the first attempt for a package whose name begins with this letter is refused.
# Stint then tries again, as `retry` in stint.yaml says. Set to "" to have every attempt succeed.
REFUSED_ONCE = os.environ.get("REFUSED_ONCE", "g")

EXIT_AGAIN_LATER = 75  # any exit code but 0, 65, 78 and 79 is retried; this is the conventional one
EXIT_BAD_DATA = 65  # the job is dead at once: running it again cannot help

# Debian's machine-readable copyright files (DEP-5) begin with `Format:` and name licences in `License:` fields.
FIELD = re.compile(r"^License:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)

# The others are prose. These are what such files have in common, most exact first.
COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9+])")
TEXTS = [
    ("Apache-2.0", r"Apache License,? Version 2|apache\.org/licenses/LICENSE-2"),
    ("Expat", r"Permission is hereby granted, free of charge, to any person obtaining"),
    ("BSD", r"Redistribution and use in source and binary forms"),
    ("ISC", r"Permission to use, copy, modify, and(/or)? distribute this software for any purpose"),
    ("HPND", r"Permission to use, copy, modify,( and)? distribute,?( and sell)?( this software)? and its documentation"),
    ("LGPL", r"GNU (Lesser|Library) General Public Licen[sc]e"),
    ("GPL", r"GNU General Public Licen[sc]e|under the (terms of the )?GPL"),
    ("MPL", r"Mozilla Public License"),
    ("Artistic", r"Artistic License|same terms as Perl"),
    ("zlib", r"This software is provided 'as-is', without any express"),
    ("public-domain", r"public domain"),
]


def licences_of(text):
    """The licences that `text` names, sorted, and how they were found."""
    if re.match(r"(?i)format(-specification)?:", text.lstrip("\ufeff\n\r ")):
        fields = {normal(one) for field in FIELD.findall(text) for one in parts(field)}
        if fields:
            return sorted(fields), "fields"
    found = {normal(name) for name in COMMON.findall(text)}
    words = " ".join(text.split())
    for name, pattern in TEXTS:
        if re.search(pattern, words) and not any(one.startswith(name) for one in found):
            found.add(name)
    return (sorted(found), "text") if found else (["(none found)"], "nothing")


def parts(field):
    """Splits `GPL-2+ or Artistic, and Expat` into its names. Exceptions stay with nobody: they are not licences."""
    for one in re.split(r"\s+(?:and/or|and|or)\s+|\s*[,|]\s*", field.strip()):
        one = re.sub(r"^(?:and|or)\s+", "", one)
        one = re.sub(r"\s+with\s+.*$", "", one).strip(" ()~.")
        if one:
            yield one


def normal(name):
    """One spelling for the few names that Debian's files spell in several ways."""
    name = name.strip().rstrip(".")
    lower = name.lower()
    if lower in ("public-domain", "public domain", "pd"):
        return "public-domain"
    if lower in ("mit", "expat", "mit/expat"):
        return "Expat"
    if lower in ("apache-2", "apache-2.0", "apache 2.0"):
        return "Apache-2.0"
    if lower == "zlib":
        return "zlib"
    name = re.sub(r"(?i)^bsd[- ]([234])[- ]clause$", r"BSD-\1-clause", name)
    return re.sub(r"(?i)^(l?gpl|gfdl)[- ]?v?([0-9])(?:\.0)?", lambda match: f"{match[1].upper()}-{match[2]}", name)


def keep(package, result):
    """Writes `results/PACKAGE.json` in one step."""
    os.makedirs("results", exist_ok=True)
    path = os.path.join("results", package.replace("/", "%2F") + ".json")
    unfinished = path + "." + os.environ.get("STINT_JOB_ID", "by-hand") + "~"
    with open(unfinished, "w", encoding="utf-8") as file:
        json.dump(result, file)
    os.replace(unfinished, path)


def main():
    try:
        payload = json.load(sys.stdin)
        package, file = payload["package"], payload["file"]
    except (ValueError, KeyError, TypeError) as error:
        print(f"payload must be an object with 'package' and 'file': {error!r}", file=sys.stderr)
        return EXIT_BAD_DATA

    attempt = int(os.environ.get("STINT_ATTEMPT", "1"))
    if attempt == 1 and REFUSED_ONCE and package.startswith(REFUSED_ONCE):
        print(f"refusing the first attempt: '{package}' begins with '{REFUSED_ONCE}' "
              "(a stand-in for a flaky network)", file=sys.stderr)
        return EXIT_AGAIN_LATER

    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            licences, how = licences_of(stream.read())
    except FileNotFoundError:
        print(f"no such file: {file}", file=sys.stderr)
        return EXIT_BAD_DATA
    result = {"package": package, "licences": licences, "how": how, "attempt": attempt}
    keep(package, result)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
