// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// peers: floor-scripts-50 floor-scripts-100 floor-scripts-200 floor-scripts-500
// apt: gcc libc6-dev libhiredis-dev
// jobs: 100000
// lua: open_lane enqueue advance
// measures: enqueue bulk drain
// settings: C on hiredis calling Stint's own scripts, two lanes with a call each in flight; in bulk and drain so many jobs a call (finished and claimed in one), one by one 32; ids of 26 characters, lease 10 s
//
// Stint without its Swift: what its scripts allow. It sends what Sources/Stint/Store sends, checks each answer, and
// keeps nothing that a real client would need beyond that.
#include "common.h"

enum { lanes = 2, in_flight = 64, batch_max = 500, id_length = 26, lease_max = 64, record_head = 44, head_length = 39, words_max = 32 + 3 * batch_max };

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char *queue_keys[] = {"jobs", "big", "ready:0", "ready:1", "ready:2", "ready:3", "delayed", "leases", "errors",
                                   "progress", "cancelling", "unique", "kept", "dead", "recent", "meta", "wake"};
static const char *node = "bench1";
static char open_lane[41], enqueue[41], advance[41];
static unsigned long long highest_fence, random_state = 88172645463325252ULL;

// A lane has at most one call unanswered; `held` are the jobs that its last answer claimed.
struct lane {
    char key[64], number[24];
    long calls, is_sent;
    int held;
    char ids[batch_max][id_length], leases[batch_max][lease_max];
    char records[batch_max][record_head + 512];
};
static struct lane all[lanes];

static const char *words[words_max];
static size_t lengths[words_max];
static int count;

static void add(const void *bytes, size_t length) {
    words[count] = bytes;
    lengths[count++] = length;
}

static void add_text(const char *text) { add(text, strlen(text)); }

static void load(const char *name, char *digest) {
    static char text[1 << 18];
    char path[64];
    snprintf(path, sizeof path, "lua/%s.lua", name);
    FILE *file = fopen(path, "r");
    if (!file) fail("a script is not there: Benchmarks/peers/run writes them");
    const char *load_words[] = {"SCRIPT", "LOAD", text};
    const size_t load_lengths[] = {6, 4, fread(text, 1, sizeof text, file)};
    fclose(file);
    append(3, load_words, load_lengths);
    redisReply *reply = answer();
    memcpy(digest, reply->str, 40);
    freeReplyObject(reply);
}

// Begins a call: EVALSHA, the keys that the script's header names, and the lane's next number.
static void begin_call(struct lane *lane, const char *digest, int is_advance) {
    static char keys[sizeof queue_keys / sizeof *queue_keys][32];
    count = 0;
    add_text("EVALSHA");
    add_text(digest);
    add_text(is_advance ? "18" : "16");
    for (size_t i = 0; i < sizeof queue_keys / sizeof *queue_keys; i++) {
        if (!is_advance && (!strcmp(queue_keys[i], "leases") || !strcmp(queue_keys[i], "recent"))) continue;
        snprintf(keys[i], sizeof keys[i], "{stint:bench}:%s", queue_keys[i]);
        add_text(keys[i]);
    }
    add_text(lane->key);
    snprintf(lane->number, sizeof lane->number, "%ld", ++lane->calls);
    add_text(lane->number);
}

static void send_call(struct lane *lane) {
    append(count, words, lengths);
    lane->is_sent = 1;
}

static char digit(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return base32[random_state & 31];
}

static void open_lanes(void) {
    for (int i = 0; i < lanes; i++) {
        int length = snprintf(all[i].key, sizeof all[i].key, "{stint:bench}:lane:");
        for (int at = 0; at < 22; at++) all[i].key[length + at] = digit();
        count = 0;
        add_text("EVALSHA");
        add_text(open_lane);
        add_text("1");
        add_text(all[i].key);
        append(count, words, lengths);
        freeReplyObject(answer());
    }
}

// The record of a new job: the layout stands in docs/architecture.md. Returns its length.
static size_t new_record(char *record, long number) {
    static const char head[record_head] = {1, 'd', 48 + 2 * 4 + 2, [11 - 1] = 25, [30] = '0', '0', '0', '0', '0', '0', 0, 5, 4, 'n', 'o', 'o', 'p'};
    memcpy(record, head, 43);
    memset(record + 43, 'x', payload_length);
    snprintf(record + 43, 32, "{\"id\":\"job-%010ld\",\"pad\":\"", number);
    record[43 + strlen(record + 43)] = 'x';
    memcpy(record + 43 + payload_length - 2, "\"}", 2);
    return 43 + payload_length;
}

static void new_id(char *id) {
    memcpy(id, "01J9ZKB80V", 10);
    for (int at = 10; at < id_length; at++) id[at] = digit();
}

static void send_jobs(struct lane *lane, long first, int amount) {
    static char amounts[lanes][8];
    char *amount_text = amounts[lane - all];
    begin_call(lane, enqueue, 0);
    // The records differ in their rest only.
    add(lane->records[0], head_length);
    snprintf(amount_text, sizeof amounts[0], "%d", amount);
    add_text(amount_text);
    for (int i = 0; i < amount; i++) {
        new_id(lane->ids[i]);
        add(lane->ids[i], id_length);
        size_t length = new_record(lane->records[i], first + i);
        add(lane->records[i] + head_length, length - head_length);
    }
    lane->held = amount;
    send_call(lane);
}

static redisReply *call_answer(struct lane *lane, size_t elements) {
    redisReply *reply = answer();
    lane->is_sent = 0;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != elements || reply->element[0]->integer != 1) fail("a call was refused");
    return reply;
}

static void produce(int batch) {
    long sent = 0, accepted = 0;
    while (accepted < jobs) {
        for (int i = 0; i < lanes; i++) {
            struct lane *lane = &all[i];
            if (lane->is_sent) {
                redisReply *reply = call_answer(lane, 3);
                if (strspn(reply->element[1]->str, "n") != (size_t)lane->held) fail("a job was not new");
                accepted += lane->held;
                freeReplyObject(reply);
            }
            int amount = jobs - sent < batch ? (int)(jobs - sent) : batch;
            if (amount) send_jobs(lane, sent, amount);
            sent += amount;
        }
    }
}

// Finishes what the lane holds and claims as many as a batch has.
static void send_advance(struct lane *lane, const char *batch) {
    static char seen[lanes][24];
    char *fence = seen[lane - all];
    begin_call(lane, advance, 1);
    snprintf(fence, sizeof *seen, "%llu", highest_fence);
    add_text("10000");
    add_text(batch);
    add_text(node);
    add_text(fence);
    for (int i = 0; i < lane->held; i++) {
        add(lane->ids[i], id_length);
        add_text(lane->leases[i]);
        add_text("");
    }
    send_call(lane);
}

// Notes what was claimed; each record is looked at as far as a worker has to.
static void take(struct lane *lane, const redisReply *claimed) {
    lane->held = (int)(claimed->elements / 3);
    for (int i = 0; i < lane->held; i++) {
        const redisReply *id = claimed->element[3 * i], *record = claimed->element[3 * i + 1];
        if (id->len != id_length || record->len != 43 + payload_length || record->str[1] != 'n') fail("a claimed record is wrong");
        unsigned long long fence = 0;
        for (int at = 23; at < 30; at++) fence = fence << 8 | (unsigned char)record->str[at];
        if (fence > highest_fence) highest_fence = fence;
        memcpy(lane->ids[i], id->str, id_length);
        snprintf(lane->leases[i], lease_max, "%.26s:%llu:%s", id->str, fence, node);
    }
}

static void drain(const char *batch) {
    long finished = 0;
    for (int i = 0; i < lanes; i++) all[i].held = 0, send_advance(&all[i], batch);
    while (all[0].is_sent || all[1].is_sent) {
        for (int i = 0; i < lanes; i++) {
            struct lane *lane = &all[i];
            if (!lane->is_sent) continue;
            redisReply *reply = call_answer(lane, 5);
            if (reply->element[1]->elements) fail("a lease was lost");
            finished += lane->held;
            take(lane, reply->element[2]);
            freeReplyObject(reply);
            if (lane->held) send_advance(lane, batch);
        }
    }
    if (finished != jobs) fail("not as many jobs were finished as --jobs says");
}

int main(int word_count, char **given) {
    const char *peer = getenv("PEER"), *batch = peer && strrchr(peer, '-') ? strrchr(peer, '-') + 1 : "100";
    if (atoi(batch) < 1 || atoi(batch) > batch_max) fail("PEER ends with the number of jobs a call, at most 500");
    begin(word_count, given);
    random_state += (unsigned long long)(begun * 1e9);
    load("open_lane", open_lane);
    load("enqueue", enqueue);
    load("advance", advance);
    open_lanes();
    if (!strcmp(given[1], "enqueue")) produce(in_flight / lanes);
    else if (!strcmp(given[1], "bulk")) produce(atoi(batch));
    else if (!strcmp(given[1], "drain")) drain(batch);
    else fail("the floors know enqueue, bulk and drain only");
    report();
    return 0;
}
