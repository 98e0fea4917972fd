// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

// Fork and exec for functions. Between fork and exec only async-signal-safe calls are made: other threads of the parent
// may hold any lock (malloc's, for one) at the moment of the fork, and nobody is left in the child to release it.

#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CStintProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#endif

#ifndef NSIG
#define NSIG 65
#endif

/// Descriptors of the child's ends are moved up here, so that installing 0–4 cannot overwrite one of them.
enum { FIRST_HIGH_DESCRIPTOR = 10, CHILD_REPORT_DESCRIPTOR = 4 };

struct report {
    int32_t stage;
    int32_t error;
};

static void close_quietly(int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

static int set_cloexec(int descriptor) {
    int flags = fcntl(descriptor, F_GETFD);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
}

/// A pipe whose ends are close-on-exec and at least FIRST_HIGH_DESCRIPTOR.
static int high_pipe(int ends[2]) {
    int low[2];
#if defined(__linux__)
    if (pipe2(low, O_CLOEXEC) != 0) return errno;
#else
    if (pipe(low) != 0) return errno;
    set_cloexec(low[0]);
    set_cloexec(low[1]);
#endif
    int error = 0;
    for (int i = 0; i < 2; i++) {
        ends[i] = low[i];
        if (low[i] >= FIRST_HIGH_DESCRIPTOR) continue;
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_HIGH_DESCRIPTOR);
        if (ends[i] < 0) error = errno;
        close(low[i]);
    }
    if (error != 0) {
        close_quietly(&ends[0]);
        close_quietly(&ends[1]);
    }
    return error;
}

/// `close_range` where the kernel has it; else one by one up to the limit, which is capped: a limit of a billion would
/// keep the child busy for minutes.
static void close_from(int first) {
#if defined(__linux__)
    if (syscall(SYS_close_range, (unsigned int)first, ~0U, 0U) == 0) return;
#endif
    struct rlimit limit;
    int end = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end) end = (int)limit.rlim_cur;
    for (int descriptor = first; descriptor < end; descriptor++) close(descriptor);
}

static int limit_resource(int resource, int64_t value) {
    if (value == STINT_LIMIT_INHERITED) return 0;
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    rlim_t wanted = (rlim_t)value;
    // A limit above the hard one cannot be had without privileges; the hard one is stricter, so it serves.
    if (limit.rlim_max != RLIM_INFINITY && wanted > limit.rlim_max) wanted = limit.rlim_max;
    limit.rlim_cur = wanted;
    limit.rlim_max = wanted;
    // SIGXCPU comes at the soft limit and SIGKILL at the hard one: a second between lets a function see the first.
    if (resource == RLIMIT_CPU) limit.rlim_max = wanted + 1;
    if (setrlimit(resource, &limit) == 0) return 0;
    limit.rlim_max = wanted;
    return setrlimit(resource, &limit);
}

__attribute__((noreturn)) static void fail(int descriptor, enum stint_spawn_stage stage) {
    struct report report = {(int32_t)stage, (int32_t)errno};
    ssize_t written = write(descriptor, &report, sizeof report);
    (void)written;
    _exit(127);
}

/// Handlers of the parent must not run in the child, and ignored signals would be inherited by the program.
static void reset_signal_handlers(void) {
    for (int number = 1; number < NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
#if defined(__linux__)
        // The system call: the C library refuses its own signals, 32 and 33, which a parent may have ignored for us.
        // All zero is "default action, no flags, empty mask" in every layout of the kernel's structure.
        static const char default_action[64];
        syscall(SYS_rt_sigaction, number, default_action, NULL, (size_t)8);
#else
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = SIG_DFL;
        sigaction(number, &action, NULL);
#endif
    }
}

struct child_ends {
    int input, output, error, control, report;
};

__attribute__((noreturn)) static void
run_child(const struct stint_spawn_request *request, struct child_ends ends, pid_t parent) {
    reset_signal_handlers();
    if (setsid() < 0) fail(ends.report, STINT_STAGE_SESSION);
#if defined(__linux__)
    if (request->die_with_parent) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(ends.report, STINT_STAGE_SESSION);
        // The parent may have ended before the line above.
        if (getppid() != parent) _exit(127);
    }
#else
    (void)parent;
#endif
    if (dup2(ends.input, 0) < 0 || dup2(ends.output, 1) < 0 || dup2(ends.error, 2) < 0 || dup2(ends.control, 3) < 0 ||
        dup2(ends.report, CHILD_REPORT_DESCRIPTOR) < 0 || set_cloexec(CHILD_REPORT_DESCRIPTOR) < 0)
        fail(ends.report, STINT_STAGE_DESCRIPTORS);
    close_from(CHILD_REPORT_DESCRIPTOR + 1);
    int report = CHILD_REPORT_DESCRIPTOR;

    if (request->directory != NULL && chdir(request->directory) != 0) fail(report, STINT_STAGE_DIRECTORY);
    if (limit_resource(RLIMIT_CPU, request->cpu_seconds) != 0 ||
        limit_resource(RLIMIT_NOFILE, request->open_files) != 0 ||
        limit_resource(RLIMIT_FSIZE, request->file_size) != 0 ||
        limit_resource(RLIMIT_NPROC, request->processes) != 0 ||
        limit_resource(RLIMIT_AS, request->address_space) != 0)
        fail(report, STINT_STAGE_LIMITS);
#if defined(__linux__)
    if (request->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(report, STINT_STAGE_PRIVILEGES);
#endif
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->arguments, request->environment);
    fail(report, STINT_STAGE_EXEC);
}

int stint_spawn(const struct stint_spawn_request *request, struct stint_spawned *spawned) {
    enum { INPUT, OUTPUT, ERROR, CONTROL, REPORT, COUNT };
    int pipes[COUNT][2];
    int error = 0;
    memset(spawned, 0, sizeof *spawned);
    spawned->pid = -1;
    spawned->pidfd = -1;
    spawned->stage = STINT_STAGE_PIPE;
    for (int i = 0; i < COUNT; i++) pipes[i][0] = pipes[i][1] = -1;
    for (int i = 0; i < COUNT && error == 0; i++) error = high_pipe(pipes[i]);
    if (error != 0) goto failed;

    // All signals wait until the child has reset its handlers.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        struct child_ends ends = {
            pipes[INPUT][0], pipes[OUTPUT][1], pipes[ERROR][1], pipes[CONTROL][1], pipes[REPORT][1],
        };
        run_child(request, ends, parent);
    }
    error = pid < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        spawned->stage = STINT_STAGE_FORK;
        goto failed;
    }
    close_quietly(&pipes[INPUT][0]);
    close_quietly(&pipes[OUTPUT][1]);
    close_quietly(&pipes[ERROR][1]);
    close_quietly(&pipes[CONTROL][1]);
    close_quietly(&pipes[REPORT][1]);

    // End of file: the program runs. The write is far below PIPE_BUF, so it comes whole.
    struct report report;
    ssize_t count;
    do count = read(pipes[REPORT][0], &report, sizeof report);
    while (count < 0 && errno == EINTR);
    close_quietly(&pipes[REPORT][0]);
    if (count == (ssize_t)sizeof report) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        spawned->stage = (enum stint_spawn_stage)report.stage;
        error = report.error == 0 ? EINVAL : report.error;
        goto failed;
    }

    spawned->pid = pid;
#if defined(__linux__)
    spawned->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
#endif
    spawned->standard_input = pipes[INPUT][1];
    spawned->standard_output = pipes[OUTPUT][0];
    spawned->standard_error = pipes[ERROR][0];
    spawned->control = pipes[CONTROL][0];
    spawned->stage = STINT_STAGE_NONE;
    int ends[] = {pipes[INPUT][1], pipes[OUTPUT][0], pipes[ERROR][0], pipes[CONTROL][0]};
    for (int i = 0; i < 4; i++) fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
    return 0;

failed:
    for (int i = 0; i < COUNT; i++) {
        close_quietly(&pipes[i][0]);
        close_quietly(&pipes[i][1]);
    }
    return error;
}

int stint_has_ended(pid_t pid) {
    siginfo_t information;
    memset(&information, 0, sizeof information);
    if (waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == EINTR ? 0 : -errno;
    return information.si_pid == pid ? 1 : 0;
}

int stint_reap(pid_t pid, struct stint_exit *result) {
    int status = 0;
    struct rusage usage;
    memset(&usage, 0, sizeof usage);
    pid_t reaped;
    do reaped = wait4(pid, &status, 0, &usage);
    while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return errno;
    result->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->user_microseconds = (int64_t)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec;
    result->system_microseconds = (int64_t)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec;
#if defined(__APPLE__)
    result->maximum_resident_bytes = (int64_t)usage.ru_maxrss;
#else
    result->maximum_resident_bytes = (int64_t)usage.ru_maxrss * 1024;
#endif
    return 0;
}

int stint_make_pipe(int *reading_end, int *writing_end) {
    int ends[2];
    int error = high_pipe(ends);
    if (error != 0) return error;
    for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
    *reading_end = ends[0];
    *writing_end = ends[1];
    return 0;
}

void stint_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

struct thread_start {
    char name[16];
    void (*body)(void *);
    void *context;
};

static void *run_thread(void *argument) {
    struct thread_start start = *(struct thread_start *)argument;
    free(argument);
#if defined(__linux__)
    pthread_setname_np(pthread_self(), start.name);
#else
    pthread_setname_np(start.name);
#endif
    start.body(start.context);
    return NULL;
}

int stint_start_thread(const char *name, void (*body)(void *), void *context) {
    struct thread_start *start = calloc(1, sizeof *start);
    if (start == NULL) return ENOMEM;
    strncpy(start->name, name, sizeof start->name - 1);
    start->body = body;
    start->context = context;
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run_thread, start);
    if (error != 0) {
        free(start);
        return error;
    }
    pthread_detach(thread);
    return 0;
}
