"""Numbers of the executor: each with its unit and where it comes from. What a team may set is in `policy`."""

BACK_TRIES_S = 120.0
"""How long going back is tried again when it fails, seconds: a balancer that crashed is started again within that time
(judgement)."""

BACK_PAUSE_FIRST_S, BACK_PAUSE_MOST_S = 0.25, 5.0
"""Pauses between two tries to go back, each twice the one before, seconds (judgement)."""

COUNTED_LEAST = 20
"""Requests that must be counted in a row at the old version until it is said to serve all (judgement: a balancer that
still sent 10 % elsewhere would show none of it with a chance of 0.9²⁰ = 12 %, and what it says is read back too)."""

COUNT_WINDOW_S = 0.5
"""Time between two countings after going back, seconds."""

COUNT_SILENT_S, COUNT_MOST_S = 10.0, 60.0
"""Without enough requests for so long the share that is read back must do; so long may requests still come to the new
version, on connections that stay for example, until going back counts as failed; seconds (judgement)."""

START_PAUSE_S = 1.0
"""Most time between two tries to hear the monitoring before the first step, seconds."""

CLOCK_AGREES_S = 10.0
"""By how much the machine's clock may be set while a rollout runs until nobody can tell what came when, seconds
(judgement: time servers move it by less in hours, and logs may be as late)."""

PROBE_SECONDS = 10.0
"""How long the command `check_new` may take, seconds (judgement)."""

TAKEOVER_S = 15.0
"""How long a rollout may take to end when it is told so by a rollback, seconds; it ends at once, and kills what it has
just started."""

LOCK_TRIES_S = 1.0
"""How long a lock is waited for, seconds: a `status` that looks at it holds it for a moment."""

LOCK_BYTES_MOST = 4096
"""Most that is read of who holds a lock."""

JOURNAL_BYTES_MOST = 512 * 1024 * 1024
"""Largest journal that is read; a look is some 10 kB, so this is a month of looks each minute."""

SLICE_S = 0.1
"""How long is waited at a time for a request, so that a signal is heeded."""
