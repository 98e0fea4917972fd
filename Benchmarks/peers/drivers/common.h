// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// What the drivers in C share: arguments, the connection, and the object that they print. See README.md for the verbs.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static redisContext *redis;
static long jobs = 1000;
static size_t payload_length = 200;
static double begun, processor_begun;

static void fail(const char *why) {
    fprintf(stderr, "error: %s\n", why);
    exit(1);
}

static void append(int count, const char **words, const size_t *lengths) {
    if (redisAppendCommandArgv(redis, count, words, lengths) != REDIS_OK) fail(redis->errstr);
}

static redisReply *answer(void) {
    void *reply = NULL;
    if (redisGetReply(redis, &reply) != REDIS_OK) fail(redis->errstr);
    if (((redisReply *)reply)->type == REDIS_REPLY_ERROR) fail(((redisReply *)reply)->str);
    return reply;
}

static double seconds_of(struct timeval value) { return (double)value.tv_sec + (double)value.tv_usec / 1e6; }

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static double now(void) {
    struct timespec value;
    clock_gettime(CLOCK_MONOTONIC, &value);
    return (double)value.tv_sec + (double)value.tv_nsec / 1e9;
}

// Reads the options after the verb, connects, and begins to count the time.
static void begin(int count, char **words) {
    const char *path = NULL;
    if (count < 2) fail("usage: DRIVER VERB --redis unix:///PATH --jobs N --payload BYTES");
    for (int i = 2; i + 1 < count; i += 2) {
        if (!strcmp(words[i], "--redis")) path = words[i + 1] + strlen("unix://");
        else if (!strcmp(words[i], "--jobs")) jobs = atol(words[i + 1]);
        else if (!strcmp(words[i], "--payload")) payload_length = (size_t)atol(words[i + 1]);
        else fail("unknown option");
    }
    if (!path || jobs < 1 || payload_length < 32 || payload_length > 512) fail("--redis is missing, or a number is out of bounds");
    redis = redisConnectUnix(path);
    if (!redis || redis->err) fail(redis ? redis->errstr : "no memory");
    begun = now();
    processor_begun = processor_seconds();
}

static void report(void) {
    printf("{\"jobs\": %ld, \"seconds\": %.6f, \"client_us\": %.3f}\n", jobs, now() - begun,
           (processor_seconds() - processor_begun) * 1e6 / (double)jobs);
}
