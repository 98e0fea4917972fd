// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a redis-server (LD_PRELOAD), it shifts the wall clock by the microseconds that stand, as eight bytes
// in this machine's order, in the file that STINT_CLOCK_FILE names. The file is mapped, so a change holds at once.
// The monotonic clock stays as it is, as it does on a machine whose time is set.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t unshifted;
static volatile int64_t *shift;

static int64_t shift_us(void) {
    if (!shift) {
        const char *path = getenv("STINT_CLOCK_FILE");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
        if (file >= 0) close(file);
        shift = mapped == MAP_FAILED ? &unshifted : mapped;
    }
    return *shift;
}

static int64_t shifted_ns(struct timespec now) {
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec + shift_us() * 1000;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ns = shifted_ns(*time);
        time->tv_sec = ns / 1000000000;
        time->tv_nsec = ns % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
