"""Numbers of the repair: each with its unit and where it comes from."""

GIT_SECONDS = 60.0
"""Longest time that one call of git may take, seconds; a blame of a long file in a large history takes a few."""

COMMITS_READ = 300
"""Commits of the range that are looked at; a release rarely holds more (judgement)."""

COMMITS_WITHOUT_RELEASE = 50
"""Commits before the onset that are looked at when no release is known (judgement)."""

RELEASE_MARGIN_S = 5.0
"""How long after the onset a release may be told and still have run at it, seconds: logs are written by several
processes."""

FRAMES_MOST = 40
"""Places in the source that evidence may name; traces repeat themselves."""

SANDBOX_SECONDS = 600.0
SANDBOX_CPU_SECONDS = 1200
"""Wall time of one run, and processor time of each of its processes, seconds: a suite that needs longer does not fit
into the 15 minutes that testing has at P0 (SPEC), which are two runs before and one after."""

SANDBOX_MEMORY_BYTES = 2 * 1024**3
SANDBOX_DISK_BYTES = 1024**3
SANDBOX_OUTPUT_BYTES = 64 * 1024**2
SANDBOX_PROCESSES = 512
"""What one run may use: memory of all its processes together, files below its tree and in its /tmp each, output,
processes. Enough for a build of Java; little enough that the host goes on (judgement)."""

SANDBOX_KEPT_BYTES = 32 * 1024
SANDBOX_REPORT_BYTES = 64 * 1024**2
"""Output that is kept, of the beginning and of the end each; most that the sandbox's own report may hold, with the
files that it brings back."""

SANDBOX_GRACE_SECONDS = 20.0
"""Time for copying the tree and for ending on top of what the command may take, seconds; 1 GB takes one or two."""

SANDBOX_PROBE_SECONDS = 10.0
"""How long a host may take to say whether it can keep a run apart, seconds; it takes 13 ms (measured)."""

FRAMES_BLAMED = 15
"""Places whose line is blamed and whose function's history is read; a call of git each, about 10 ms."""

MESSAGES_MOST = 60
"""Messages whose writers are looked for."""

SUSPECTS_SHOWN, REASONS_SHOWN = 10, 4
"""Suspect commits, and reasons of each, that are told."""

WEIGHT_LINE, WEIGHT_FUNCTION, WEIGHT_FILE = 1.5, 0.8, 0.3
WEIGHT_OLD_LINE = 0.6
WEIGHT_NAME, WEIGHT_SETTINGS, WEIGHT_RELEASED = 1.0, 0.15, 0.1
WEIGHT_RANGE, WEIGHT_HARMLESS = 0.3, 1.0
"""What speaks for a commit: it wrote the line that failed, changed its function, touches its file; wrote the line long
before the release; speaks of the setting that changed; changes settings; was rolled out; came with the release (halved
for the second newest, and so on). What speaks against it: nothing of it runs. Only their order matters (judgement)."""

LITERAL_LETTERS = 8
"""Letters that a text in the source must have to know a message by it: two short words."""

SOURCE_BYTES_MOST = 1_000_000
SOURCES_MOST = 3000
"""Longest source file that is read, and how many are searched for the texts of messages (judgement)."""

ROLLBACK_AFTER_S = 6 * 3600.0
"""Seconds from a release to the onset within which going back to the release before is still the first thought; a leak
shows within hours (judgement)."""

REVERT_LEAD = 0.1
"""How far the first suspect's score must lead the second's to be taken back alone (judgement; one reason more)."""

REVERTS_MOST = 3
"""Suspect commits that are tried to be taken back."""

SLOWER_FINE, SLOWER_MOST = 0.10, 0.20
"""How much slower a patched program may be: up to the first fine, up to the second with a note (SPEC)."""

INTERVAL_LEVEL = 0.95
PAIRS_LEAST, PAIRS_USUAL, PAIRS_FULL = 6, 12, 24
"""Chance with which an interval holds the true median; pairs of runs after which there is a look: with fewer than six
no interval of that level exists."""

REPRODUCTIONS = 3
"""Times that a reproduction must pass with the patch: an error that comes and goes must not be gone by luck."""

OUTPUT_SHOWN = 4000
NAMES_SHOWN = 10
"""Characters of the end of an output, and names of tests, that a report shows."""

DEPENDENCY_FOLDERS = frozenset({"node_modules", ".venv", "venv", "env", "vendor"})
"""Folders with what a project needs and does not commit: they are shown to its tests, read-only."""

TRIAL_SECONDS = 30.0
"""What trying all candidates of one patch may take, seconds: a search in Java or Go takes four to ten on two busy cores
(measured), a run of what it found one or two."""

REPRODUCTION_TRIES = 150
"""Places at which a bad value is tried to make a function fail as it did; each takes microseconds (judgement)."""

FIXES_EACH = 2
"""Fixes that one fixer gives for one place at most: the likeliest value, and the next."""

CALL_SECONDS = 5
"""Time limit that the fixer gives to a call over the network, seconds: longer than a healthy answer takes, shorter than
the 30 s or 60 s after which proxies give up (judgement)."""

REWRITES, REWRITE_SEED, REWRITE_TEMPERATURE = 4, 20_260_301, 0.5
"""Tries of a model to rewrite a function, the first seed, and the temperature: three to five samples, between 0.2 and
0.7 (the project's notes)."""

REWRITE_LINES_MOST, REWRITE_TOKENS_MOST, REWRITE_GUARD_TOKENS = 80, 900, 120
"""Lines of a function that a model is shown, tokens that it may answer, and those that a guard with its log line adds:
with the agent's text of about 2,000 tokens it fits into the smallest context (judgement)."""

REWRITE_SECONDS = 600.0
"""What all tries of one patch may take, seconds: a third of the half hour that the fix has at P0 (SPEC)."""

REWRITE_ERROR_CHARACTERS = 400
"""Characters of an error's message that a model is shown (judgement)."""

CALL_TRIES, RETRY_MILLISECONDS = 3, 200
"""Tries of a read over the network, and the pause before the second, milliseconds; it grows with each. With the time
limit of each try a caller waits a quarter of a minute at most (judgement)."""

SWITCH_LINES_MOST = 20
"""Lines, new and old together, that a switch may part: each is moved, and a patch may change 30 (judgement)."""

BOUNDARY_LINES_MOST = 4
"""Lines of the call that a catch is put around (judgement)."""

FRAMES_FIXED = 8
"""Places at which fixers are tried."""

NAME_LIKENESS = 0.8
"""How alike two names are, 0..1, of which one may be the other misspelt: one letter of five (judgement)."""

MIGRATIONS_READ = 50
"""Migrations that are read for renamed columns, the last by name; a call of git each (judgement)."""

PATCH_LINES_MOST, PATCH_LOSS_MOST, REVERT_LINES_MOST = 30, 5, 2000
"""Lines that a patch may change, lines that it may lose on balance, and lines that a revert may change: what one person
reviews in minutes; a revert brings back what ran (judgement)."""
