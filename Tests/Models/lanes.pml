/* This source file is part of the Stint project
 * Licensed under the Apache License, Version 2.0: see LICENSE
 * SPDX-License-Identifier: Apache-2.0
 *
 * Enqueue is added once: a producer's lane, jobs that run and are deleted at once, a network that loses and delays. (I2)
 *
 *   here           in Stint
 *   Producer       LaneMachine with the policy `producer`: open, send, repeat the same number, give up
 *   open_lane      lua/open_lane.lua
 *   enqueue        lua/enqueue.lua with lua/include/lane.lua: again, new or lost
 *   Network        a request may be lost, its reply may be lost, and it may arrive long after its sender gave it up
 *   Expiry         PX on `lane:<lane>`, at any moment: a clock that jumps expires lanes
 *   Consumer       the job runs and its record is deleted, so that the record cannot tell a repetition
 *
 * A call of one job stands for a batch. The producer enqueues its jobs one after the other, as one lane does.
 *
 * Seeded bugs: BUG_LOST_IS_NEW a lane that is gone is taken for a new one; BUG_REOPEN an opening is repeated under the
 * same name; BUG_NEW_LANE a repeated call that finds its lane gone takes a new one; BUG_KEEP_LANE a lane is used on after
 * an outcome that is not known; BUG_BY_RECORD no lane, only the record says whether the job is there.
 */
#ifndef JOBS
#define JOBS 2
#endif
#ifndef TRIES
#define TRIES 3
#endif
#ifndef NAMES
#define NAMES 4
#endif
#define SLOTS 3
#define GONE 15

mtype = { OPEN, CALL };
mtype = { NONE, REPLY, LOST };
mtype = { WAITING, RECEIPT, UNKNOWN, NOTHING };

/* Redis: a lane's last number and the job that its short reply is about; the records */
byte last[NAMES], note[NAMES];
bool present[JOBS];
byte added[JOBS];

/* requests under way, and what came back to the request that is waited for */
mtype what[SLOTS];
byte to[SLOTS], number_of[SLOTS], job_of[SLOTS];
byte awaited = SLOTS;
mtype came = NONE;
byte answered;                  /* the job that the reply is about */

mtype told[JOBS] = WAITING;     /* what the caller was told */
bool finished;

inline enqueue(lane, number, job) {
  d_step {
    came_back = LOST; about = job;
    if
#ifdef BUG_BY_RECORD
    :: true -> is_new = true
#else
    :: last[lane] == GONE ->
#ifdef BUG_LOST_IS_NEW
       is_new = true
#else
       is_new = false
#endif
    :: last[lane] != GONE && number == last[lane] && number > 0 -> is_new = false; came_back = REPLY; about = note[lane]
    :: last[lane] != GONE && number == last[lane] + 1 -> is_new = true
    :: else -> is_new = false
#endif
    fi;
    if
    :: is_new ->
       last[lane] = number; note[lane] = job; came_back = REPLY;
       if :: !present[job] -> present[job] = true; added[job]++ :: else fi
    :: else
    fi
  };
  assert(added[job] <= 1);
  assert(!is_new || told[job] != NOTHING)
}

active proctype Network() {
  byte s, about;
  bool is_new;
  mtype came_back = NONE;
end:
  do
  :: atomic {
       if :: what[0] != 0 -> s = 0 :: what[1] != 0 -> s = 1 :: what[2] != 0 -> s = 2 fi;
       if
       :: what[s] == OPEN -> last[to[s]] = 0; note[to[s]] = 0; came_back = REPLY; about = 0
       :: what[s] == CALL -> enqueue(to[s], number_of[s], job_of[s])
       fi;
       if
       :: awaited == s && came == NONE -> came = came_back; answered = about
       :: true /* nobody waits any more, or the reply is lost */
       fi;
       what[s] = 0; to[s] = 0; number_of[s] = 0; job_of[s] = 0;
       s = 0; about = 0; is_new = false; came_back = NONE }
  :: atomic { /* the request is lost */
       if :: what[0] != 0 -> s = 0 :: what[1] != 0 -> s = 1 :: what[2] != 0 -> s = 2 fi;
       what[s] = 0; to[s] = 0; number_of[s] = 0; job_of[s] = 0; s = 0 }
  od
}

active proctype Consumer() {
  byte j;
end:
  do
  :: atomic { if :: present[0] -> j = 0
#if JOBS > 1
       :: present[1] -> j = 1
#endif
#if JOBS > 2
       :: present[2] -> j = 2
#endif
       fi; present[j] = false; j = 0 }
  od
}

active proctype Expiry() {
  byte n;
end:
  do
  :: atomic { n < NAMES - 1 -> n++ }
  :: atomic { n > 0 -> n-- }
  :: atomic { last[n] != GONE -> last[n] = GONE; note[n] = 0 }
  od
}

/* Waits for what was sent: `came`, or NONE where the caller stops to wait (a time limit, a cut connection). */
inline send(kind, lane, number, job) {
  atomic {
    if :: what[0] == 0 -> slot = 0 :: what[1] == 0 -> slot = 1 :: what[2] == 0 -> slot = 2 fi;
    what[slot] = kind; to[slot] = lane; number_of[slot] = number; job_of[slot] = job;
    awaited = slot; came = NONE
  };
  atomic {
    if :: came != NONE -> skip :: came == NONE -> skip fi;
    got = came; about = answered; came = NONE; answered = 0; awaited = SLOTS; slot = 0
  }
}

active proctype Producer() {
  byte j, slot, about, number, tries, next_name, lane = GONE, candidate = GONE;
  bool may_have_run;
  mtype got = NONE;
  do
  :: j < JOBS ->
     atomic { may_have_run = false; tries = 0 };
     do
     :: tries >= TRIES || (lane == GONE && next_name >= NAMES) -> /* the time limit, checked before each send */
        atomic { told[j] = (may_have_run -> UNKNOWN : NOTHING);
#ifndef BUG_KEEP_LANE
          lane = GONE
#endif
        };
        break
     :: tries < TRIES && lane == GONE && next_name < NAMES ->
        atomic { tries++;
#ifdef BUG_REOPEN
          candidate = 0
#else
          candidate = next_name; next_name++
#endif
        };
        send(OPEN, candidate, 0, 0);
        atomic { if :: got == REPLY -> lane = candidate; number = 0 :: else fi; candidate = GONE; got = NONE }
     :: tries < TRIES && lane != GONE ->
        tries++;
        send(CALL, lane, number + 1, j);
        if
        :: atomic { got == REPLY -> got = NONE; number++; told[j] = RECEIPT;
             assert(about == j); assert(added[j] == 1); about = 0 };
           break
        :: atomic { got == LOST -> got = NONE; about = 0; lane = GONE };
           if
#ifndef BUG_NEW_LANE
           :: atomic { may_have_run -> told[j] = UNKNOWN }; break
           :: !may_have_run
#else
           :: true
#endif
           fi
        :: atomic { got == NONE -> may_have_run = true }
        fi
     od;
     j++
  :: else -> break
  od;
  finished = true
}

init { atomic { byte n; do :: n < NAMES -> last[n] = GONE; n++ :: else -> break od } }

#ifdef LIVENESS
/* Every call is answered, if only by "not known". */
ltl answered_all { <> finished }
#endif
