"""Numbers of the traffic providers: each with its unit and where it comes from. What a team may set is in `table`."""

SOCKET_SECONDS = 5.0
"""How long HAProxy may take to answer one command, seconds; it takes a millisecond, and its own limit is 10 s."""

SOCKET_BYTES_MOST = 16 * 1024 * 1024
"""Most that one answer may hold; a server is about 500 bytes of `show stat`, so this is thirty thousand of them."""

COMMAND_SECONDS = 60.0
"""How long a command may take unless the configuration says another time, seconds (judgement)."""

COMMAND_OUTPUT_BYTES = 4 * 1024 * 1024
"""Output of a command that is read, bytes; `nginx -T` of a large site is one or two million."""

HEALTH_SECONDS = 60.0
HEALTH_PAUSE_S = 0.25
"""How long a host may take to be healthy after its restart unless the configuration says another time, and the pause
between two tries, seconds (judgement: a JVM starts within a minute)."""

RELOAD_SECONDS = 30.0
RELOAD_PAUSE_S = 0.02
"""How long nginx may take to start new workers unless the configuration says another time, and the pause between two
looks, seconds; it takes 20 ms, and longer with many certificates (judgement)."""

HAPROXY_WEIGHT_MOST = 256
"""Largest weight of a server (HAProxy, Management Guide, `set server`)."""

NGINX_WEIGHT_MOST = 1000
"""Largest weight that is written for nginx: a share of 0.1 % with two servers."""

SHARE_EXACT = 0.0005
"""How far from the planned share small weights may be before larger ones are taken, 0..1 (judgement)."""

SHARE_AGREES = 0.005
"""How far what is read back may be from what was set, 0..1: half a percent, as programs that keep whole percents
round (judgement)."""

SECONDS_MOST = 86_400.0
"""Longest time that a team may set, seconds: a day (judgement)."""

HOSTS_ASKED = 16
"""Hosts that are asked for their version at the same time."""

FLAG_BYTES_MOST = 4 * 1024 * 1024
"""Largest flag file that is read (judgement)."""
