# syntax=docker/dockerfile:1
# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# The stint command in a small image. Build:    docker build -t stint .
# With what your functions need:                docker build -t stint --build-arg PACKAGES="python3 jq" .

FROM swift:6.2-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libhiredis-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /stint
COPY Package.swift ./
COPY Examples Examples
COPY Sources Sources
COPY Tests Tests
COPY scripts/release scripts/release
# The Swift runtime is linked in, so the image below needs no Swift. The cache keeps dependencies between builds.
RUN --mount=type=cache,target=/stint/.build \
    built=$(scripts/release) && install -s -m 755 "$built" /usr/local/bin/stint

FROM debian:bookworm-slim
ARG PACKAGES=""
# tini is process 1: it passes signals on to stint and reaps what functions leave behind.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libhiredis0.14 tini $PACKAGES \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin stint
COPY --from=build /usr/local/bin/stint /usr/local/bin/stint
USER 10001
WORKDIR /functions
# SIGTERM drains: running jobs finish, the rest goes back to its queue. Give it time (stop_grace_period,
# terminationGracePeriodSeconds).
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tini", "--", "stint"]
CMD ["work"]
