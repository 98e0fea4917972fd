// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#ifndef CSTINTPROCESS_H
#define CSTINTPROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/// A limit that is not asked for: the child keeps what its parent has.
#define STINT_LIMIT_INHERITED (-1)

/// What a child is started with. Nothing is kept after the call.
struct stint_spawn_request {
    /// The file to execute, already looked up: no PATH is searched here.
    const char *_Nonnull path;
    /// NULL-terminated.
    char *_Nullable const *_Nonnull arguments;
    /// NULL-terminated; the whole environment of the child.
    char *_Nullable const *_Nonnull environment;
    /// The child's working directory, or NULL for the parent's.
    const char *_Nullable directory;
    /// Resource limits, or STINT_LIMIT_INHERITED.
    int64_t cpu_seconds;
    int64_t address_space;
    int64_t open_files;
    int64_t file_size;
    int64_t processes;
    /// Sets PR_SET_NO_NEW_PRIVS (Linux only).
    bool no_new_privileges;
    /// SIGKILL when the *thread* that spawned ends (Linux only): spawn from a thread that lives as long as the process.
    bool die_with_parent;
};

/// At which step a child could not be started.
enum stint_spawn_stage {
    STINT_STAGE_NONE = 0,
    STINT_STAGE_PIPE,
    STINT_STAGE_FORK,
    STINT_STAGE_SESSION,
    STINT_STAGE_DESCRIPTORS,
    STINT_STAGE_DIRECTORY,
    STINT_STAGE_LIMITS,
    STINT_STAGE_PRIVILEGES,
    STINT_STAGE_EXEC,
};

/// A started child. The descriptors are the parent's ends: close-on-exec and non-blocking.
struct stint_spawned {
    pid_t pid;
    /// Becomes readable when the child ends, or -1 where the system has no such thing.
    int pidfd;
    int standard_input;
    int standard_output;
    int standard_error;
    /// The reading end of the child's descriptor 3.
    int control;
    /// Where it failed; the function's result is the errno.
    enum stint_spawn_stage stage;
};

/// Starts a child in its own session and process group, with pipes on descriptors 0, 1, 2 and 3.
///
/// Returns 0, or the errno of the step named in `spawned->stage`; then no child and no descriptor is left behind.
/// It waits until the child has executed or failed to.
int stint_spawn(const struct stint_spawn_request *_Nonnull request, struct stint_spawned *_Nonnull spawned);

/// How a child ended.
struct stint_exit {
    /// The exit code, or -1 when a signal ended it.
    int code;
    /// The signal, or 0.
    int signal;
    /// Time on the processor, in microseconds, and the largest resident size in bytes; of this child and those it
    /// waited for.
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t maximum_resident_bytes;
};

/// Says whether `pid` has ended, without reaping it: its id, and its group's, stay taken. 1 yes, 0 no, else -errno.
int stint_has_ended(pid_t pid);

/// Reaps `pid`, which has ended. Returns 0 or an errno.
int stint_reap(pid_t pid, struct stint_exit *_Nonnull result);

/// Runs `body` with `context` on a new detached thread, under the given name. Returns 0 or an errno.
int stint_start_thread(const char *_Nonnull name, void (*_Nonnull body)(void *_Nonnull), void *_Nonnull context);

/// Makes a pipe whose ends are close-on-exec and non-blocking. Returns 0 or an errno.
int stint_make_pipe(int *_Nonnull reading_end, int *_Nonnull writing_end);

/// Blocks SIGPIPE for the calling thread, so that writing to a closed pipe answers EPIPE.
void stint_block_sigpipe(void);

#endif
