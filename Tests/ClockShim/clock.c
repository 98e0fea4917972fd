// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a redis-server (LD_PRELOAD), it makes the wall clock what the file says that STINT_CLOCK names: two
// numbers of eight bytes in this machine's order. The first is in microseconds; the second is 0 if the clock stands at
// the first, counted from 1970, and 1 if it goes on, shifted by the first. The file is mapped, so a change holds for the
// next command. The monotonic clock, by which Redis runs its timers, stays as it is, as where a machine's time is set.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *page;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("STINT_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = file < 0 ? MAP_FAILED : mmap(0, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) _exit(90); // a server with a clock of its own would prove nothing
    close(file);
    page = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (!page || !is_wall) return (int)syscall(SYS_clock_gettime, clock, time);
    int64_t ns = page[0] * 1000;
    if (page[1]) {
        struct timespec real;
        syscall(SYS_clock_gettime, clock, &real);
        ns += real.tv_sec * INT64_C(1000000000) + real.tv_nsec;
    }
    time->tv_sec = ns / 1000000000;
    time->tv_nsec = ns % 1000000000;
    return 0;
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
