// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a program that was built for the thread sanitizer (LD_PRELOAD), it tells the sanitizer of the locks of
// Swift's `Synchronization.Mutex` on Linux. A lock that nobody holds is taken by an atomic operation in our own code,
// which the sanitizer sees; one that is held is waited for, and handed on by the kernel, in the library of the toolchain,
// which is built without it. These are the three functions of that library (Swift 6.3); each calls the real one.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// From the sanitizer's runtime (tsan_interface.h of LLVM); not there in other programs, such as redis-server.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

static SWIFT void (*real_lock_slow)(uint32_t thread, SELF);
static SWIFT void (*real_unlock_slow)(SELF);
static SWIFT _Bool (*real_try_lock_slow)(SELF);

__attribute__((constructor)) static void find_real_functions(void) {
    real_lock_slow = dlsym(RTLD_NEXT, LOCK_SLOW);
    real_unlock_slow = dlsym(RTLD_NEXT, UNLOCK_SLOW);
    real_try_lock_slow = dlsym(RTLD_NEXT, TRY_LOCK_SLOW);
}

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK_SLOW);
SWIFT _Bool try_lock_slow(SELF) __asm__(TRY_LOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF) {
    real_lock_slow(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT void unlock_slow(SELF) {
    if (__tsan_release) __tsan_release(self);
    real_unlock_slow(self);
}

SWIFT _Bool try_lock_slow(SELF) {
    _Bool is_locked = real_try_lock_slow(self);
    if (is_locked && __tsan_acquire) __tsan_acquire(self);
    return is_locked;
}
