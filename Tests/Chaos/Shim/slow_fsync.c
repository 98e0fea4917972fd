// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a redis-server, it makes each fdatasync take STINT_FSYNC_MS milliseconds longer, as on a busy disk.

#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int file) {
    const char *milliseconds = getenv("STINT_FSYNC_MS");
    if (milliseconds) usleep((useconds_t)atoi(milliseconds) * 1000);
    return (int)syscall(SYS_fdatasync, file);
}
