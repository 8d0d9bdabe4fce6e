"""Numbers of the monitors: each with its unit and where it comes from. What a team may set is in the tables."""

HISTORY_BYTES = 32 * 1024 * 1024
"""Newest bytes of the old version's logs that are read when a rollout begins, to know which errors it has: a second's
work, and hours of most services (judgement)."""

HISTORY_S = 1800.0
"""Newest seconds of the history from which the usual number of requests is taken; older ones are of another hour."""

HISTORY_REQUESTS_LEAST, HISTORY_S_LEAST = 100, 60.0
"""Requests and seconds of history below which no usual number is told (judgement)."""

KINDS_MOST = 500
"""Kinds of errors that are remembered, and that one window may tell of; further ones count as one (judgement: real
services have tens)."""

KIND_LETTERS_MOST = 200
"""Letters of a message that name a kind of error; longer ones are data."""

BLOCK_BYTES = 4 * 1024 * 1024
"""Bytes of a log handled at a time."""

BLOCKS_KEPT = 3
"""Blocks whose lines' versions are kept until their records are whole; one goes on into the next block at most."""

HEAD_BYTES = 4096
"""Bytes at the beginning of a log that tell it from another one, whatever its name (judgement: some tens of lines with
their times)."""

LINE_BYTES_MOST = 64 * 1024 * 1024
"""Bytes at the end of a log in which the end of its last whole line is looked for; a longer line is cut."""

FILES_MOST = 200
"""Files of one log, rotated ones among them, that are followed; the newest are."""

TRIES = 5
"""Times that logs are looked for when a rollout begins, while they are rotated at that very moment."""

LATE_S = 10.0
"""Seconds that a line may come after the window of its time before that is told; it counts in any case (judgement:
buffers are flushed within some seconds)."""

AHEAD_S = 2.0
"""Seconds that the clock of a host may be ahead; a line that is dated farther ahead counts when it is read."""

GROWING_S = 1.0
"""Seconds after the last write in which an error at the end of a log may still get lines of its stack trace; it is
counted in the window after (judgement: traces are written within milliseconds)."""

NOTES_MOST = 20
"""Notes of one window."""

QUERY_SECONDS = 10.0
"""How long Prometheus may take to answer one query unless the configuration says another time, seconds (judgement; its
own limit is two minutes)."""

ANSWER_BYTES_MOST = 16 * 1024 * 1024
"""Most that one answer of Prometheus may hold; what is asked for is some kilobytes."""

SECONDS_MOST = 600.0
"""Longest time that a team may set, seconds (judgement)."""
