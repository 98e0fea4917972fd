/* This source file is part of the Stint project
 * Licensed under the Apache License, Version 2.0: see LICENSE
 * SPDX-License-Identifier: Apache-2.0
 *
 * Unique keys: jobs of two keys that are enqueued, replaced, claimed, ended, retried, expired and trimmed. (I7)
 *
 *   here                in Stint
 *   decide, write       lua/include/intake.lua (intake_decide) and the writes of lua/enqueue.lua; one or two jobs a call
 *   finish, cancel      ending_close of lua/include/ending.lua: frees the key unless a window follows
 *   bury                ending_bury: fail, and reap after a third crash
 *   forget              ending_forget and ending_free: only the holder frees
 *   retry               lua/retry_dead.lua: takes the key again, or is refused
 *   trim, remove        lua/trim.lua, lua/remove.lua, lua/purge.lua
 *   Clock               windows and retention run out; a job that never started expires
 *
 * Ids are given by the callers and used again. Delayed and ready are one state here, since the key tells them not apart.
 *
 * Seeded bugs: BUG_FREE_ANY an ending job frees its key whoever holds it; BUG_RETRY_TAKES a retried job takes its key
 * unasked; BUG_BATCH the second job of a call looks only at what is stored; BUG_TTL a key is freed by time;
 * BUG_BURY_KEEPS a dead job keeps its key; BUG_REPLACE_ANY a running job is replaced.
 */
#ifndef IDS
#define IDS 3
#endif
#define KEYS 2
#define NOBODY IDS

mtype = { GONE, WAITING, RUNNING, ENDED, DEAD };
mtype = { EXISTING, REPLACE };

mtype state[IDS] = GONE;
bit key[IDS];
bool has_window[IDS], in_window[IDS], kept[IDS], overdue[IDS];
byte unique[KEYS] = NOBODY;

#define lives(id) (state[id] == WAITING || state[id] == RUNNING)
#define holds(id) (lives(id) || (state[id] != GONE && in_window[id]))
#define stands(id) (state[id] != ENDED || in_window[id] || kept[id])

inline check() {
  d_step {
    i = 0;
    do
    :: i < IDS ->
       /* whoever lives holds its key, so no key has two */
       assert(!lives(i) || unique[key[i]] == i);
       /* the key of a job that has ended is free unless it has a window */
       assert(!(state[i] == ENDED || state[i] == DEAD) || has_window[i] || unique[key[i]] != i);
       i++
    :: else -> break
    od;
    /* no key leaks */
    assert(unique[0] == NOBODY || (state[unique[0]] != GONE && key[unique[0]] == 0));
    assert(unique[1] == NOBODY || (state[unique[1]] != GONE && key[unique[1]] == 1));
    i = 0
  }
}

inline free(id) {
#ifdef BUG_FREE_ANY
  unique[key[id]] = NOBODY
#else
  if :: unique[key[id]] == id -> unique[key[id]] = NOBODY :: else fi
#endif
}

inline forget(id) {
  free(id);
  state[id] = GONE; key[id] = 0; has_window[id] = false; in_window[id] = false; kept[id] = false; overdue[id] = false
}

inline close(id) {
  if
  :: !kept[id] && !has_window[id] -> forget(id)
  :: else ->
     if :: !has_window[id] -> free(id) :: else fi;
     state[id] = ENDED; in_window[id] = has_window[id]; overdue[id] = false
  fi
}

inline bury(id) {
#ifndef BUG_BURY_KEEPS
  if :: !has_window[id] -> free(id) :: else fi;
#endif
  state[id] = DEAD; in_window[id] = has_window[id]; overdue[id] = false
}

/* What a call decides for one job, given what it has decided for the ones before. */
inline decide(id, k, policy) {
  is_new = false; replaced = NOBODY;
  is_free = (state[id] == GONE);
  if
  :: state[id] == GONE || id == taken -> skip
  :: else ->
     if
     :: overdue[id] -> expired[id] = true; is_free = !(kept[id] || has_window[id])
     :: !overdue[id] && !stands(id) -> freed[id] = true; is_free = true
     :: else
     fi
  fi;
  if
  :: !is_free || id == taken -> skip /* e: the id is there */
  :: else ->
     owner = unique[k];
#ifndef BUG_BATCH
     if :: taken != NOBODY && taken_key == k -> owner = taken :: else fi;
#endif
     if
     :: owner == NOBODY -> is_new = true
     :: owner != NOBODY && owner == taken -> if :: policy == REPLACE -> replaced = owner :: else fi
     :: else ->
        if
        :: state[owner] == GONE || freed[owner] || expired[owner] || !holds(owner) -> is_new = true
        :: else ->
           if
           :: overdue[owner] -> expired[owner] = true; is_new = true
           :: else ->
              if
#ifdef BUG_REPLACE_ANY
              :: policy == REPLACE && lives(owner) -> replaced = owner
#else
              :: policy == REPLACE && state[owner] == WAITING -> replaced = owner
#endif
              :: else /* r, or e */
              fi
           fi
        fi
     fi
  fi
}

inline end_old() {
  i = 0;
  do
  :: i < IDS ->
     if :: freed[i] -> forget(i) :: else fi;
     if :: expired[i] -> close(i) :: else fi;
     freed[i] = false; expired[i] = false; i++
  :: else -> break
  od;
  i = 0
}

inline add(id, k, w, keeps) {
  state[id] = WAITING; key[id] = k; has_window[id] = w; in_window[id] = false; kept[id] = keeps; overdue[id] = false;
  unique[k] = id
}

inline some_id(x) { x = 0; do :: x < IDS - 1 -> x++ :: break od }
inline some_bit(x) { if :: x = 0 :: x = 1 fi }
inline some_policy(x) { if :: x = EXISTING :: x = REPLACE fi } /* `reject` differs in its answer only */

active proctype Queue() {
  byte i, a, b, owner, replaced, taken = NOBODY;
  bit ka, kb, wa, wb, qa, taken_key;
  bool is_new, is_free, is_new_a;
  bool freed[IDS], expired[IDS];
  mtype pa, pb;
  do
  :: atomic { /* enqueue, one or two jobs a call: all is decided before the first write */
       some_id(a); some_bit(ka); some_policy(pa);
       if :: wa = 0; qa = 0 :: wa = 1; qa = 0 :: wa = 0; qa = 1 fi;
       if :: b = (a + 1) % IDS; some_bit(kb); some_policy(pb); wb = wa :: b = NOBODY fi;
       d_step {
         decide(a, ka, pa);
         is_new_a = is_new;
         if :: is_new -> taken = a; taken_key = ka :: else fi;
         if :: replaced != NOBODY -> assert(state[replaced] == WAITING) :: else fi;
         is_new = false;
         if :: b != NOBODY -> decide(b, kb, pb);
               if :: replaced != NOBODY && replaced != taken -> assert(state[replaced] == WAITING) :: else fi
            :: else fi;
         end_old();
         if :: is_new_a -> add(a, ka, wa, qa) :: else fi;
         if :: b != NOBODY && is_new -> add(b, kb, wb, false) :: else fi
       };
       check();
       a = 0; b = 0; ka = 0; kb = 0; wa = 0; wb = 0; qa = 0; pa = 0; pb = 0; owner = 0; replaced = 0;
       taken = NOBODY; taken_key = 0; is_new = false; is_free = false; is_new_a = false }
  :: atomic { some_id(a);
       if
       :: state[a] == WAITING && overdue[a] -> close(a)                   /* a claim meets an expired job */
       :: state[a] == WAITING && !overdue[a] -> state[a] = RUNNING        /* claim */
       :: state[a] == RUNNING -> state[a] = WAITING                       /* retry, snooze, hand-back, reap */
       :: state[a] == RUNNING || state[a] == WAITING -> close(a)          /* finish; cancel */
       :: state[a] == RUNNING -> bury(a)
       :: state[a] == DEAD ->                                             /* retry_dead */
#ifdef BUG_RETRY_TAKES
          unique[key[a]] = a; state[a] = WAITING; in_window[a] = false
#else
          owner = unique[key[a]];
          if
          :: owner == NOBODY || owner == a -> unique[key[a]] = a; state[a] = WAITING; in_window[a] = false
          :: else ->
             if
             :: holds(owner) /* u: refused */
             :: else -> unique[key[a]] = a; state[a] = WAITING; in_window[a] = false
             fi
          fi;
          owner = 0
#endif
       :: state[a] != GONE && state[a] != RUNNING -> forget(a)            /* remove, purge; trim by count */
       :: state[a] == ENDED && !stands(a) -> forget(a)                    /* trim by age */
       :: else
       fi;
       a = 0; check() }
  od
}

active proctype Clock() {
  byte a, i;
  do
  :: atomic { some_id(a);
       if
       :: in_window[a] -> in_window[a] = false
       :: state[a] == ENDED && kept[a] -> kept[a] = false
       :: state[a] == WAITING && !overdue[a] -> overdue[a] = true
#ifdef BUG_TTL
       :: lives(a) -> unique[key[a]] = NOBODY; check()
#endif
       :: else
       fi;
       a = 0 }
  od
}
