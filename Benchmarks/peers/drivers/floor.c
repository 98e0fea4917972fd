// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// peers: floor-list floor-streams
// apt: gcc libc6-dev libhiredis-dev
// jobs: 100000
// measures: enqueue bulk drain
// settings: C on hiredis, no guarantee but the commands' own; list: LPUSH, LMOVE, LREM pipelined by 100; streams: XADD pipelined, XREADGROUP COUNT 50, XACK and XDEL of 50
//
// What Redis does at most: the driver of the floors, which the peers are compared with. See README.md for the verbs.
#include "common.h"

enum { batch_max = 1000, list_batch = 100, stream_batch = 50 };

static char *payload;
static int streams;

static void skip(int count) {
    for (int i = 0; i < count; i++) freeReplyObject(answer());
}

// Writes the job's number into the payload, so that no two are equal and LREM finds the right one.
static void number_payload(long number) {
    char digits[16];
    int length = snprintf(digits, sizeof digits, "job-%08ld", number);
    memcpy(payload + 7, digits, (size_t)length);
}

static void append_job(long number) {
    number_payload(number);
    if (streams) {
        const char *words[] = {"XADD", "jobs", "*", "p", payload};
        const size_t lengths[] = {4, 4, 1, 1, payload_length};
        append(5, words, lengths);
    } else {
        const char *words[] = {"LPUSH", "ready", payload};
        const size_t lengths[] = {5, 5, payload_length};
        append(3, words, lengths);
    }
}

static void produce(int in_flight) {
    for (long sent = 0; sent < jobs;) {
        int count = 0;
        for (; count < in_flight && sent < jobs; count++) append_job(sent++);
        skip(count);
    }
}

// Takes a batch into a second list, then removes each from there, as a queue without leases does.
static void drain_list(void) {
    static redisReply *taken[list_batch];
    const char *move[] = {"LMOVE", "ready", "running", "RIGHT", "LEFT"};
    const size_t move_lengths[] = {5, 5, 7, 5, 4};
    for (long done = 0; done < jobs;) {
        int count = jobs - done < list_batch ? (int)(jobs - done) : list_batch;
        for (int i = 0; i < count; i++) append(5, move, move_lengths);
        for (int i = 0; i < count; i++) taken[i] = answer();
        for (int i = 0; i < count; i++) {
            if (taken[i]->type != REDIS_REPLY_STRING) fail("the list has fewer jobs than --jobs says");
            const char *words[] = {"LREM", "running", "-1", taken[i]->str};
            const size_t lengths[] = {4, 7, 2, taken[i]->len};
            append(4, words, lengths);
        }
        skip(count);
        for (int i = 0; i < count; i++) freeReplyObject(taken[i]);
        done += count;
    }
}

static void remove_entries(const redisReply *entries) {
    const char *words[stream_batch + 3] = {"XACK", "jobs", "group"};
    size_t lengths[stream_batch + 3] = {4, 4, 5};
    int count = (int)entries->elements;
    for (int i = 0; i < count; i++) {
        words[i + 3] = entries->element[i]->element[0]->str;
        lengths[i + 3] = entries->element[i]->element[0]->len;
    }
    append(count + 3, words, lengths);
    words[1] = "XDEL", lengths[1] = 4, words[2] = "jobs", lengths[2] = 4;
    append(count + 2, words + 1, lengths + 1);
    skip(2);
}

static void drain_streams(void) {
    redisAppendCommand(redis, "XGROUP CREATE jobs group 0");
    skip(1);
    for (long done = 0; done < jobs;) {
        redisAppendCommand(redis, "XREADGROUP GROUP group worker COUNT %d STREAMS jobs >", stream_batch);
        redisReply *reply = answer();
        if (reply->type != REDIS_REPLY_ARRAY) fail("the stream has fewer jobs than --jobs says");
        redisReply *entries = reply->element[0]->element[1];
        remove_entries(entries);
        done += (long)entries->elements;
        freeReplyObject(reply);
    }
}

int main(int count, char **words) {
    const char *peer = getenv("PEER");
    streams = peer && !strcmp(peer, "floor-streams");
    begin(count, words);
    payload = malloc(payload_length + 1);
    if (!payload) fail("no memory");
    memset(payload, 'x', payload_length);
    memcpy(payload, "{\"id\":\"", 7);
    if (!strcmp(words[1], "enqueue")) produce(64);
    else if (!strcmp(words[1], "bulk")) produce(batch_max);
    else if (!strcmp(words[1], "drain")) streams ? drain_streams() : drain_list();
    else fail("the floors know enqueue, bulk and drain only");
    report();
    return 0;
}
