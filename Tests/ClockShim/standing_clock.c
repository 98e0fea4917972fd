// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a redis-server (LD_PRELOAD), it makes the wall clock stand at the microseconds since 1970 that are
// written, as eight bytes in this machine's order, in the file that STINT_STANDING_CLOCK names: a test steps it. The
// file is mapped, so a step holds for the next command. The monotonic clock, by which Redis runs its timers, goes on.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *now;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("STINT_STANDING_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) _exit(90); // a server with a clock of its own would prove nothing
    close(file);
    now = mapped;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    time->tv_sec = *now / 1000000;
    time->tv_usec = *now % 1000000;
    return 0;
}
