/* This source file is part of the Stint project
 * Licensed under the Apache License, Version 2.0: see LICENSE
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lease, fence, reaper and the hold rule: one job, two workers, a look about each tick. (I1, I3, I5, I6, I9)
 *
 *   here                 in Stint
 *   claim                lua/advance.lua: fence + 1, record running, ZADD leases
 *   renew, deliver_renew WorkerMachine.renewAll each third of a lease; lua/renew.lua: the member is the lease
 *   deliver_end          lua/advance.lua (finished), lua/fail.lua, lua/release.lua: only under the record's own lease
 *   sweep                lua/sweep.lua: judges the time since the last look, holds, clamps, reaps, promotes
 *   reap                 lua/include/reap.lua: first crash to the front, second delayed, third dead
 *   Clock.jump           somebody sets the clock of the Redis server
 *   Outage               Redis stands still or cannot be reached by any worker; what is under way may be lost
 *   pause, resume, crash SIGSTOP, SIGCONT and SIGKILL of a worker; its calls may still arrive
 *
 * Times are kept as differences to now, so the model runs for ever in a finite space. A tick is a sixth of a lease. A
 * worker is `live` while it is neither paused nor dead since its last renewal was carried out; a live worker renews each
 * third of a lease, and a renewal takes up to one tick. A run has one kind of fault in the store: jumps or an outage.
 * (Together they can use up a lease unseen: a clock set back in an outage hides it, and two outages that are each
 * shorter than a third of a lease can swallow two renewals in a row. The rule does not claim more.)
 *
 * Seeded bugs: BUG_NO_FENCE an end is accepted by state alone; BUG_NO_HOLD a gap holds nothing; BUG_NO_CLAMP an expiry
 * far ahead stays; BUG_LOOK_ELSEWHERE producers note a look as well; BUG_RENEW_ADDS a renewal adds a lease that is gone.
 */
#define L 6
#define P 2
#define WORKERS 2
#define FENCES 7
#ifndef PAUSES
#define PAUSES 1
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef JUMPS
#define JUMPS 2
#endif
#ifndef OUTAGES
#define OUTAGES 1
#endif
#define FAR 6      /* beyond this, and below LOW, numbers need not be told apart: no jump back is larger than 3 */
#define LOW (-3)

mtype = { READY, DELAYED, RUNNING, COMPLETED, DEAD };
mtype = { COMPLETE, FAIL, RELEASE };

/* Redis: the record, its lease, meta */
mtype state = READY;
byte fence, holder, attempts, reaped, released;
byte leased;                    /* the fence of the member in `leases`; 0: none */
short left;                     /* until that lease expires */
short hold = L;                 /* until reaping is allowed */
short gap = FAR;                /* since the last look */
byte completions;

/* workers: what they hold, and their calls under way */
bool live[WORKERS], paused[WORKERS], ending[WORKERS];
byte mine[WORKERS];             /* the fence held; 0: idle */
byte since[WORKERS];            /* since the last renewal was sent */
byte renewal[WORKERS];          /* the fence of the renewal under way; 0: none */
bool is_late[WORKERS];          /* it was sent a tick ago */
byte end_of[WORKERS];           /* the fence of the end under way; 0: none */
mtype kind[WORKERS];
bool repeated[WORKERS];
#ifdef LIVENESS
byte worked[WORKERS];
#endif

/* the world */
bool up = true, looked;
byte waited;                    /* ticks that the job of a worker which is not live has waited for the reaper */
byte pauses = PAUSES, crashes = CRASHES, jumps = JUMPS, outages = OUTAGES;

inline check() {
  assert((state == RUNNING) == (leased != 0));
  assert(leased == 0 || leased == fence);
  assert(completions <= 1 && (completions == 1) == (state == COMPLETED))
}

inline claim(me) {
  assert(fence + 1 < FENCES);
  fence++; mine[me] = fence; holder = me; attempts++;
  state = RUNNING; leased = fence; left = L;
  live[me] = true; since[me] = 0; ending[me] = false; waited = 0
}

inline forget(me) { mine[me] = 0; live[me] = false; ending[me] = false; since[me] = 0 }

inline deliver_renew(me) {
#ifdef BUG_RENEW_ADDS
  if :: leased == 0 && renewal[me] == fence -> leased = renewal[me]; left = L :: else fi;
#endif
  if
  :: leased == renewal[me] ->
     left = L; waited = 0;
     if :: !paused[me] && mine[me] == renewal[me] -> live[me] = true :: else fi
  :: else ->
     if :: !paused[me] && mine[me] == renewal[me] -> forget(me) :: else fi
  fi;
  renewal[me] = 0; is_late[me] = false
}

inline deliver_end(me) {
  if
#ifdef BUG_NO_FENCE
  :: state == RUNNING ->
#else
  :: state == RUNNING && end_of[me] == fence ->
#endif
     assert(end_of[me] == fence);
     leased = 0; left = 0; waited = 0;
     if
     :: kind[me] == COMPLETE -> state = COMPLETED; completions++
     :: kind[me] == FAIL -> if :: attempts >= 2 -> state = DEAD :: else -> state = DELAYED fi
     :: kind[me] == RELEASE -> state = READY; attempts--; released++
     fi
  :: else
  fi;
  if
  :: paused[me] /* the reply is not read: the call is repeated */
  :: !paused[me] && !repeated[me] -> repeated[me] = true /* the reply is lost */
  :: !paused[me] -> if :: mine[me] == end_of[me] -> forget(me) :: else fi; end_of[me] = 0; repeated[me] = false
  fi
}

inline reap() {
  assert(!live[holder]);
  leased = 0; left = 0; waited = 0; reaped++;
  if
  :: reaped >= 3 || attempts >= 4 -> state = DEAD
  :: reaped == 1 && attempts < 4 -> state = READY
  :: else -> state = DELAYED
  fi
}

inline sweep() {
  d_step {
    is_gap = gap < 0 || 3 * gap > L;
    is_look = is_gap || gap >= 1;
#ifdef BUG_NO_HOLD
    allowed = 0;
#else
    allowed = (is_gap -> L : (hold > L -> L : hold));
#endif
#ifndef BUG_NO_CLAMP
    if :: leased != 0 && left > L -> left = L :: else fi;
#endif
    if :: is_gap -> waited = 0 :: else fi;
    if :: is_look -> gap = 0; hold = allowed :: else fi;
    looked = true
  };
  if :: leased != 0 && left <= 0 && allowed <= 0 -> reap() :: else fi;
  if
  :: state == DELAYED -> state = READY
#ifndef LIVENESS
  :: state == DELAYED -> skip /* it is not due yet */
#endif
  :: else
  fi
}

#define idle_or_renewed(w) (mine[w] == 0 || paused[w] || since[w] < P)
#define delivered(w) (!(live[w] && up && renewal[w] != 0 && is_late[w]))
#ifdef LIVENESS
#define may_work_on(w) (mine[w] == 0 || ending[w] || paused[w] || worked[w] < 3)
#else
#define may_work_on(w) true
#endif

#define may_tick(w) (idle_or_renewed(w) && delivered(w) && may_work_on(w))

proctype Worker(byte me) {
  do
  :: atomic { !paused[me] && up && mine[me] == 0 && end_of[me] == 0 && state == READY -> claim(me); check() }
  :: atomic { !paused[me] && mine[me] != 0 && since[me] >= P ->
       since[me] = 0;
       /* in an outage it waits for the connection, and goes out with it */
       if :: renewal[me] == 0 -> renewal[me] = mine[me] :: else fi }
  :: atomic { !paused[me] && mine[me] != 0 && !ending[me] ->
       ending[me] = true; end_of[me] = mine[me]; repeated[me] = false;
       if
       :: kind[me] = COMPLETE
       :: kind[me] = FAIL
       :: released < 1 -> kind[me] = RELEASE
       fi }
  :: atomic { crashes > 0 && !paused[me] && mine[me] != 0 -> crashes--; forget(me) }
  :: atomic { pauses > 0 && !paused[me] && mine[me] != 0 -> pauses--; paused[me] = true; live[me] = false }
  :: atomic { paused[me] -> paused[me] = false }
  od
}

/* Calls arrive some time after they were sent, also those of a worker that has died. */
proctype Renewals(byte me) { do :: atomic { up && renewal[me] != 0 -> deliver_renew(me); check() } od }
proctype Ends(byte me) { do :: atomic { up && end_of[me] != 0 -> deliver_end(me); check() } od }

/* Any worker that lives: there is always one. */
proctype Looker() {
  bool is_gap, is_look;
  short allowed;
  do :: atomic { up && !looked -> sweep(); check(); is_gap = false; is_look = false; allowed = 0 } od
}

inline jump(by) {
  d_step {
    if :: leased != 0 -> left = (left - (by) < LOW -> LOW : left - (by)) :: else fi;
    hold = (hold - (by) < LOW -> LOW : hold - (by));
    gap = (gap + (by) > FAR -> FAR : gap + (by))
  }
}

proctype Clock() {
  byte w;
  do
  :: atomic { may_tick(0) && may_tick(1) && (!up || looked) ->
       /* I5: at most a lease and a look after the last renewal, or after the first look that follows a gap */
       if :: leased != 0 && !live[holder] && up -> waited++; assert(waited <= L + 2) :: else fi;
       d_step {
         if :: leased != 0 && left > LOW -> left-- :: else fi;
         if :: hold > LOW -> hold-- :: else fi;
         if :: gap < FAR -> gap++ :: else fi;
         looked = false;
#ifdef BUG_LOOK_ELSEWHERE
         gap = 1;
#endif
         w = 0;
         do
         :: w < WORKERS ->
            if :: mine[w] != 0 && since[w] < P -> since[w]++ :: else fi;
            is_late[w] = (renewal[w] != 0);
#ifdef LIVENESS
            worked[w] = (mine[w] == 0 -> 0 : (worked[w] < 3 -> worked[w] + 1 : 3));
#endif
            w++
         :: else -> break
         od;
         w = 0
       } }
  :: atomic { jumps > 0 && outages == OUTAGES && up ->
       jumps--; waited = 0; looked = false;
       if
       :: jump(3) :: jump(1) :: jump(-1) :: jump(-3) :: jump(FAR)
       fi }
  od
}

proctype Outage() {
  atomic { outages > 0 && jumps == JUMPS -> outages--; up = false;
    if :: renewal[0] = 0; is_late[0] = false :: skip fi;
    if :: renewal[1] = 0; is_late[1] = false :: skip fi };
  up = true
}

init {
  atomic {
    run Worker(0); run Worker(1); run Renewals(0); run Renewals(1); run Ends(0); run Ends(1);
    run Looker(); run Clock(); run Outage()
  }
}

#ifdef LIVENESS
/* Whatever the faults, the job comes to an end. */
ltl ends { <> (state == COMPLETED || state == DEAD) }
#endif
