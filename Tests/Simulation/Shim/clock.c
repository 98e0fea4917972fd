// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

// Preloaded into a redis-server, whose wall clock then is a number in a mapped file: microseconds since 1970, which
// stand still until somebody writes others. The monotonic clock, which drives the event loop, goes on.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long *simulated;
static int is_open;

static volatile long long *simulated_clock(void) {
    if (!is_open) {
        is_open = 1;
        const char *path = getenv("STINT_CLOCK");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (file >= 0) {
            void *page = mmap(0, sizeof(long long), PROT_READ, MAP_SHARED, file, 0);
            if (page != MAP_FAILED) simulated = page;
            close(file);
        }
    }
    return simulated;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    volatile long long *now = simulated_clock();
    if (!now || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return (int)syscall(SYS_clock_gettime, clock, time);
    long long microseconds = *now;
    time->tv_sec = microseconds / 1000000;
    time->tv_nsec = microseconds % 1000000 * 1000;
    return 0;
}

int gettimeofday(struct timeval *restrict value, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    value->tv_sec = now.tv_sec;
    value->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
