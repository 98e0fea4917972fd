/* This source file is part of the Stint project
 * Licensed under the Apache License, Version 2.0: see LICENSE
 * SPDX-License-Identifier: Apache-2.0
 *
 * Drain: a worker gets SIGTERM at any moment, and perhaps a second one; another worker lives on. (I1, I3, I5, I6)
 *
 *   here                in Stint
 *   send_advance        WorkerMachine.sendAdvance: claims for free slots, and takes ends along
 *   advance             lua/advance.lua, with claim_again for a repeated number
 *   answered            WorkerMachine.claimed and accept: start, or hand back where the worker drains or the claim is old
 *   task_ends           WorkerMachine.ended
 *   sigterm, drain_end  WorkerMachine.drain and handBack: SIGTERM, then the end of the drain time or a second signal
 *   give_up_tasks       WorkerMachine.releaseEverything: the grace period is over, or a second signal
 *   send_release        WorkerMachine.sendSide; lua/release.lua: the attempt is not used
 *   stop, abandon       WorkerMachine.isFinished; .abandon after a lease without an answer
 *   Reaper              lua/sweep.lua, for a worker that has ended or was cut off for a lease
 *   Other               a healthy worker of the same queue
 *
 * A call is repeated until it is answered (LaneMachine with the policy `worker`): its request may be lost, its reply may
 * be lost, and a copy of it may arrive after the call was answered.
 *
 * Seeded bugs: BUG_FORGETS_CLAIM the worker ends while a claim is under way; BUG_STARTS a claim that is answered while it
 * drains is started; BUG_USES_ATTEMPT a hand-back uses the attempt up; BUG_NO_FENCE a hand-back is accepted by state
 * alone; BUG_NEW_NUMBER a repeated claim takes a new number; BUG_ONCE a hand-back is not repeated.
 */
#ifndef JOBS
#define JOBS 2
#endif
#ifndef LOSSES
#define LOSSES 2
#endif
#ifndef CUTS
#define CUTS 1
#endif
#define SLOTS 2

mtype = { READY, RUNNING, COMPLETED };
mtype = { WORKING, DRAINING, HANDING_BACK, STOPPED };
mtype = { NOTHING, HELD, FINISHING, RELEASING };

/* Redis */
mtype state[JOBS] = READY;
byte fence[JOBS], attempt[JOBS], reaped[JOBS], completions[JOBS];
bool is_others[JOBS];
byte next_fence = 1;
byte lane_number, side_number;
byte noted[JOBS];               /* the fences in the short reply of the lane */

/* the worker */
mtype mode = WORKING;
mtype job[JOBS] = NOTHING;
byte mine[JOBS];                /* the fence of the lease it holds */
bool gave_up;                   /* tasks that still run are left alone */
bool cut;
bool was_cut;                   /* for a lease: what was claimed before is too old to start */
byte losses = LOSSES, cuts = CUTS;

/* its call to advance, and copies of it that are under way */
bool calling, arrived, is_answered;
byte number, limit, copies;
byte finishing[JOBS];           /* the fences that end with it */
byte got[JOBS];

/* its call to release */
bool side_calling, side_done;
byte side_copies, my_side_number;
byte handed[JOBS];
byte given[JOBS];              /* what a copy of it carries */
/* one copy of an older hand-back that may arrive late */
byte late[JOBS];
bool has_late;

#define some(what) (job[0] == what || job[1] == what)
#ifdef BUG_FORGETS_CLAIM
#define is_finished (job[0] == NOTHING && job[1] == NOTHING && !side_calling)
#else
#define is_finished (job[0] == NOTHING && job[1] == NOTHING && !side_calling && !calling)
#endif

inline check() {
  assert(attempt[0] == reaped[0] + (state[0] == READY -> 0 : 1));
  assert(attempt[1] == reaped[1] + (state[1] == READY -> 0 : 1));
  assert(completions[0] == (state[0] == COMPLETED -> 1 : 0));
  assert(completions[1] == (state[1] == COMPLETED -> 1 : 0))
}

inline claim_one(x, others) {
  state[x] = RUNNING; fence[x] = next_fence; next_fence++; attempt[x]++; is_others[x] = others
}

inline advance() {
  d_step {
    got[0] = 0; got[1] = 0; claimed = 0; x = 0;
    if
    :: number == lane_number ->
       do
       :: x < JOBS -> if :: noted[x] != 0 && state[x] == RUNNING && fence[x] == noted[x] -> got[x] = noted[x] :: else fi; x++
       :: else -> break
       od
    :: number == lane_number + 1 ->
       lane_number = number;
       do
       :: x < JOBS ->
          if :: finishing[x] != 0 && state[x] == RUNNING && fence[x] == finishing[x] -> state[x] = COMPLETED; completions[x]++
             :: else fi;
          x++
       :: else -> break
       od;
       x = 0;
       do
       :: x < JOBS ->
          noted[x] = 0;
          if :: state[x] == READY && claimed < limit -> claim_one(x, false); claimed++; noted[x] = fence[x]; got[x] = fence[x]
             :: else fi;
          x++
       :: else -> break
       od
    :: else
    fi;
    x = 0; claimed = 0
  }
}

inline release(first, second) {
  d_step {
    given[0] = first; given[1] = second;
    x = 0;
    do
    :: x < JOBS ->
       if
#ifdef BUG_NO_FENCE
       :: given[x] != 0 && state[x] == RUNNING ->
#else
       :: given[x] != 0 && state[x] == RUNNING && fence[x] == given[x] ->
#endif
          state[x] = READY;
#ifndef BUG_USES_ATTEMPT
          attempt[x]--
#endif
       :: else
       fi;
       x++
    :: else -> break
    od;
    x = 0; given[0] = 0; given[1] = 0
  }
}

active proctype Worker() {
  byte x, claimed;
  do
  /* send_advance */
  :: atomic { mode != STOPPED && !calling && ((mode == WORKING && (job[0] == NOTHING || job[1] == NOTHING)
              && (state[0] == READY || state[1] == READY)) || some(FINISHING)) ->
       calling = true; arrived = false; is_answered = false; number = lane_number + 1;
       limit = (mode != WORKING -> 0 : (job[0] == NOTHING -> 1 : 0) + (job[1] == NOTHING -> 1 : 0));
       assert(mode == WORKING || limit == 0);
       x = 0;
       do
       :: x < JOBS -> finishing[x] = (job[x] == FINISHING -> mine[x] : 0); x++
       :: else -> break
       od;
       x = 0; copies = 1 }
  /* the call is repeated, as no answer came */
  :: atomic { mode != STOPPED && calling && copies == 0 && !is_answered && !cut ->
#ifdef BUG_NEW_NUMBER
       number = lane_number + 1;
#endif
       copies = 1 }
  /* answered */
  :: atomic { mode != STOPPED && calling && is_answered ->
       calling = false; is_answered = false; limit = 0;
       x = 0;
       do
       :: x < JOBS ->
          if :: finishing[x] != 0 -> job[x] = NOTHING; mine[x] = 0 :: else fi;
          finishing[x] = 0;
          if
          :: got[x] != 0 ->
             mine[x] = got[x];
#ifdef BUG_STARTS
             job[x] = HELD;
             assert(mode == WORKING)
#else
             job[x] = (mode == WORKING && !was_cut -> HELD : RELEASING)
#endif
          :: else
          fi;
          got[x] = 0; x++
       :: else -> break
       od;
       x = 0; was_cut = false }
  /* task_ends */
  :: atomic { mode != STOPPED && (some(HELD)) ->
       if :: job[0] == HELD -> x = 0 :: job[1] == HELD -> x = 1 fi;
       if
       :: job[x] = FINISHING
       :: mode == HANDING_BACK -> job[x] = RELEASING
       fi;
       x = 0 }
  /* drain_end: the drain time is over */
  :: atomic { mode == DRAINING -> mode = HANDING_BACK }
  /* give_up_tasks */
  :: atomic { mode == HANDING_BACK && !gave_up ->
       gave_up = true;
       if :: job[0] == HELD -> job[0] = RELEASING :: else fi;
       if :: job[1] == HELD -> job[1] = RELEASING :: else fi }
  /* send_release; while it hands back, all goes together */
  :: atomic { mode != STOPPED && !side_calling && some(RELEASING) && (mode != HANDING_BACK || !some(HELD)) ->
       side_calling = true; side_done = false; my_side_number = side_number + 1;
       if :: job[0] == RELEASING -> handed[0] = mine[0]; job[0] = NOTHING; mine[0] = 0 :: else fi;
       if :: job[1] == RELEASING -> handed[1] = mine[1]; job[1] = NOTHING; mine[1] = 0 :: else fi;
       side_copies = 1 }
#ifndef BUG_ONCE
  :: atomic { mode != STOPPED && side_calling && side_copies == 0 && !side_done && !cut -> side_copies = 1 }
#else
  :: atomic { mode != STOPPED && side_calling && side_copies == 0 && !side_done -> side_done = true }
#endif
  :: atomic { mode != STOPPED && side_calling && side_done ->
       side_calling = false; side_done = false;
       if :: side_copies > 0 && !has_late -> has_late = true; late[0] = handed[0]; late[1] = handed[1] :: else fi;
       side_copies = 0; handed[0] = 0; handed[1] = 0 }
  /* stop, in order: nothing of this worker is left in Redis */
  :: atomic { is_finished && (mode == DRAINING || mode == HANDING_BACK) ->
       mode = STOPPED;
       assert(was_cut || ((state[0] != RUNNING || is_others[0]) && (state[1] != RUNNING || is_others[1]))) }
  /* abandon: a lease went by without an answer */
  :: atomic { mode == HANDING_BACK && gave_up && cut -> mode = STOPPED }
  :: mode == STOPPED -> break
  od
}

active proctype Signals() {
  atomic { mode = (mode == WORKING -> DRAINING : mode) };
  if
  :: atomic { mode == DRAINING || mode == HANDING_BACK -> mode = HANDING_BACK; gave_up = true;
       if :: job[0] == HELD -> job[0] = RELEASING :: else fi;
       if :: job[1] == HELD -> job[1] = RELEASING :: else fi }
  :: skip
  fi
}

active proctype Network() {
  byte x, claimed;
end:
  do
  :: atomic { !cut && copies > 0 ->
       advance(); check();
       copies--;
       if
       :: losses > 0 -> losses--; got[0] = 0; got[1] = 0                    /* the reply is lost */
       :: calling && mode != STOPPED -> is_answered = true
       :: !calling || mode == STOPPED -> got[0] = 0; got[1] = 0
       fi }
  :: atomic { !cut && side_copies > 0 ->
       if
       :: my_side_number == side_number + 1 -> side_number = my_side_number; release(handed[0], handed[1]); check()
       :: else /* again: the same answer */
       fi;
       side_copies--;
       if
       :: losses > 0 -> losses--
       :: losses > 0 && !has_late -> losses--; side_done = true; has_late = true; late[0] = handed[0]; late[1] = handed[1]
       :: side_done = true
       fi }
  :: atomic { losses > 0 && copies > 0 -> losses--; copies-- }              /* the request is lost */
  :: atomic { losses > 0 && side_copies > 0 -> losses--; side_copies-- }
  /* a hand-back that comes a second time: by then its lane may be gone, so only the fence stands in its way */
  :: atomic { has_late -> release(late[0], late[1]); check(); has_late = false; late[0] = 0; late[1] = 0 }
  od
}

/* The worker is cut off for longer than a lease. */
active proctype Cut() {
  if
  :: atomic { cuts > 0 && mode != STOPPED -> cuts--; cut = true; was_cut = true };
     cut = false
  :: skip
  fi
}

active proctype Reaper() {
  byte x;
end:
  do
  :: atomic { (cut || mode == STOPPED) && ((state[0] == RUNNING && !is_others[0]) || (state[1] == RUNNING && !is_others[1])) ->
       if
       :: state[0] == RUNNING && !is_others[0] -> x = 0
       :: state[1] == RUNNING && !is_others[1] -> x = 1
       fi;
       state[x] = READY; reaped[x]++; check(); x = 0 }
  od
}

active proctype Other() {
  byte x, held_fence;
end:
  do
  :: atomic { state[0] == READY || state[1] == READY ->
       if :: state[0] == READY -> x = 0 :: state[1] == READY -> x = 1 fi;
       claim_one(x, true); held_fence = fence[x]; check() };
     atomic { /* it renews in time, so its lease still stands */
       assert(state[x] == RUNNING && fence[x] == held_fence);
       state[x] = COMPLETED; completions[x]++; check(); x = 0; held_fence = 0 }
  od
}

#ifdef LIVENESS
/* The worker ends, and every job is done, whatever was lost. */
ltl drained { <> (mode == STOPPED && state[0] == COMPLETED && state[1] == COMPLETED) }
#endif
