"""Every threshold of the product: a named constant with its unit and where the number comes from.

A stage reads its numbers from here and nowhere else. One section per package, in the order of the way of the data.
"""

from collections.abc import Mapping

# --- ingest: reading -------------------------------------------------------------------------------------------
BLOCK_BYTES = 8 * 1024 * 1024
"""Bytes of text handled at a time; 8 MB blocks beat 2 MB ones (measured: fewer joins per key)."""

MAX_LINE_BYTES = 256 * 1024
"""Longest part of one line that is read, bytes; beyond it a line is data, not a message (RFC 5424 asks for 2 KiB)."""

SURVEY_BYTES = 256 * 1024
"""Bytes of each file looked at before reading, to learn its wrapper and its stamps; a few thousand lines."""

WRAPPER_SHARE = 0.8
"""Share of surveyed lines that a wrapper must match before the file is unwrapped; crashes leave bare lines behind."""

KEYS_KEPT = 400_000
"""Distinct line keys remembered at a time; about 100 bytes each. Beyond it they are forgotten and learned again."""

COARSE_SHARE = 0.5
"""Share of a block's lines whose keys fall together without hexadecimal words, from which these are dropped at once in
the rest of the file; it saves a pass."""

PATTERNS_KEPT = 200_000
"""Distinct masked messages kept apart; later ones are grouped by their first word, so that memory stays bounded."""

SEGMENT_ROWS = 1_000_000
"""Records held in memory before they are written to a temporary file; about 90 bytes each."""

OPEN_RECORD_BYTES = 1024 * 1024
"""Longest record (message and stack trace) kept together across two blocks, bytes."""

TRACES_KEPT = 50_000
"""Distinct stack traces whose parsed form is remembered."""

HTTP_CLIENT_ERROR = 400
HTTP_SERVER_ERROR = 500
"""Status from which an access-log record counts as a warning, as an error (RFC 9110, section 15)."""

# --- diagnosis: incident and impact ----------------------------------------------------------------------------
INCIDENT_GAP_S = 900.0
"""Harmful changes closer than this belong to one incident, seconds; one on-call engineer's attention span
(judgement)."""

SERVICE_IN_ID = 60
"""Characters of a service's name that an incident's id keeps; file systems allow 255 bytes for a name."""

SILENT_SHARE = 0.1
"""Share of its usual volume below which a service counts as silent."""

P0_SHARE, P1_SHARE, P3_SHARE = 0.25, 0.05, 0.005
"""Share of failed requests above which an incident is P0, P1, and below which it is P3 (SPEC; P3 "minimal" = 0.5 %)."""

SEVERITY_FACTOR_COMPLETE = 1.0
"""Share of an affected user's service that is lost when the request failed (SPEC)."""

# --- diagnosis: suspects and ranking ---------------------------------------------------------------------------
SUSPECT_RISE = 3.0
"""How many times more often per minute than before the onset a message must come to be suspected."""

PRECURSOR_S = 120.0
"""How long before the onset a message may begin and still belong to the incident, seconds."""

SUSPECTS_KEPT = 60
"""Messages looked at closely; real incidents bring tens of new ones, not thousands."""

SAMPLES_OPENED = 5
"""Records of each suspect that are opened and read in full."""

WEIGHTS: Mapping[str, float] = {
    "wording names a cause": 1.0,
    "family is a cause and not a symptom": 1.0,
    "new since the onset": 1.0,
    "comes early": 1.0,
    "nothing at its service came before it": 1.0,
    "a change fits": 1.5,
    "others blame it": 1.0,
    "it blames others": -2.0,
    "a mechanism points at it": 0.5,
    "fails in our own code": 0.5,
}
"""Weights of the ranker by what they weigh, each 0..1 but for those who blame, 0..2. Chosen by judgement ("rarity and
position, not volume"): what names a cause, is new, comes first, follows a change of its own service and is blamed by
others leads; what blames others or only repeats a symptom follows. `benchmarks/weights.py` fits others to known
incidents with each left out."""

EARLY_HALF_LIFE_S = 30.0
"""After how many seconds behind the onset the bonus for coming early is halved."""

CONFIDENCE_CEILING = 0.95
CONFIDENCE_WITHOUT_CHANGE = 0.8
"""Highest confidence from rules alone: with a change in the world that fits, and without."""

ZONE_LAG_STEP_S, ZONE_LAG_SPREAD_S = 1800.0, 120.0
"""A lag this near to whole half hours may be that of two zones, where one of the clocks had to be assumed."""

REJECT_MARGIN = 0.5
"""Score below the best one at which a hypothesis is called rejected rather than possible."""

SAMPLED_SERVICES = 6
SAMPLED_BEFORE, SAMPLED_GOOD, SAMPLED_BAD = 1500, 800, 400
"""Services, and records of each on either side of the onset, that are opened; 16,000 lines are opened in about a
second."""

COMPARED_BEFORE = 500
"""Records of a service before the onset, the nearest of those opened, that are read for names and values: comparing
wants about as many of them as fail. Following ids and clocks wants all (a third of the time of diagnosis is saved)."""

SAMPLED_AROUND_S = 1800.0
"""Seconds on either side of the onset in which samples are looked for first; all of the time only when they are too
few."""

SAMPLED_SPARE = 1.25
"""How many times the wanted records the time that is read must hold by the counts, which count records of inferred time
as well; where that was too few, all of SAMPLED_AROUND_S is read (judgement)."""

FEATURES_READ = 40
FEATURE_LENGTH = 80
FEATURE_LINES, FEATURE_LINE_CHARACTERS = 3, 4000
FEATURES_REMEMBERED = 20_000
"""Names and values read from one record, and the longest value that can still be a name of something, characters; lines
of a record that are read (a head, what happened, the exception) and characters of each; records whose features are
remembered."""

THINNED_ABOVE = 300_000
THINNED_LEAST = 500
THINNED_AROUND_S = 5.0
"""Records that mechanisms look at in all, fewest of one message, and the time on either side of the onset that is kept
whole, seconds; a trend of thousands of records is as sure as one of millions."""

CLUES_KEPT = 12
CLUE_TOLD = 0.5
CLUE_LENT = 0.5
"""Clues kept, strongest first; how strong one must be to stand in the statement of the cause, and to be lent to a
service other than its own (judgement)."""

AHEAD_S = 1.0
"""How long before the other messages of its service a message must come to lead them, seconds: causes precede
effects."""

SHOWN_LEAST = 0.6
"""Strength of a clue, or share that a correlation says, from which it shows a family behind an error (judgement)."""

CHANGE_FIT_LEAST = 0.25
"""Share that a correlation must say, its score without what any moment would give, to be named as the change
(judgement)."""

FRESH_SHARE = 0.99
"""Share of a message's records that come with the incident from which its first one then dates the onset: one in a
hundred may have come long before by itself (judgement)."""

QUOTE_WORDS_FEWEST = 4
"""Words of a message from which another one that holds them all, in order, is taken to quote it (judgement)."""

TOGETHER_S = 5.0
"""Changes in the world this near to each other were made together: a tool that brings a host into line writes several
settings within a second, an operator reads one back before the next (judgement)."""

HEADLINE_LENGTH = 160
"""Characters of a record that a statement quotes; one or two lines of a terminal."""

REASON_LENGTH, REASON_OVERLAP = 100, 40
"""Characters told of a field that says why a message came; first characters of an exception's words that a message must
not hold for both to be told."""

FEWEST_RECORDS = 20
"""Records below which nothing can be compared: a verdict would be a guess."""

ERRORS_MANY, ERRORS_THROUGHOUT = 0.05, 0.33
"""Shares of error records from the first to the last minute: from which a steady one is told beside "no incident", and
from which a log is not called healthy, for what fails one time in three may have begun to before it (judgement)."""

VICTIMS_SHOWN = 5
"""Other candidates whose first record is brought as evidence."""

# --- diagnosis: mechanisms: dimensions, repetition, propagation, silence -------------------------------------------
REQUEST_RECORDS_MOST = 60
LINKED_MOST = 2000
"""Records that may carry the id of one request (one that more carry names a session or a build), and most records of
other services that are opened because they belong to sampled requests; judgement."""

DIMENSION_BAD_FEWEST, DIMENSION_GOOD_FEWEST = 5, 10
DIMENSION_COVERAGE = 0.6
DIMENSION_LIFT = 1.5
DIMENSION_GAP = 0.3
DIMENSION_CHANCE = 0.001
"""A value discriminates when at least this many failing requests carry it, and this share of them; when their share is
this many times the share of the others, and this much above it; and when so large a difference comes by chance with
less than this probability, corrected for all values looked at. Fewer others than GOOD_FEWEST are replaced by those
before."""

DIMENSION_KNOWN_SHARE = 0.02
"""Share of the other requests, of before too, that must carry a name at all: what only failures say tells the outcome;
and share up to which a value hardly existed before."""

DIMENSION_FAILING_WEIGHT = 0.3
"""How much the strength of a value suffers when requests that carry it may also succeed; a fault need not hit all of
them."""

DIMENSION_TIMELY_FEWEST = 12
"""Failing requests from which only the time is looked at from which others are sampled as well."""

DIMENSION_SAME = 0.9
"""Overlap (Jaccard) of the requests of two values from which they are one thing told twice."""

DIMENSION_TIME_FACTOR = 0.6
"""Factor on the strength of what differs only between before and after: everything that changed then does."""

DIMENSIONS_KEPT = 3
DIMENSION_VALUES_LISTED = 4
DIMENSION_VALUES_COUNTED = 16
"""Most clues of one service; values that a statement lists; most values of a name that are told beside the
failing one."""

SKEW_FAILING, SKEW_SHARE, SKEW_BEFORE_MOST, SKEW_RISE = 0.8, 0.5, 0.25, 3.0
SKEW_BESIDE_MOST, SKEW_STRENGTH = 0.2, 0.95
"""Share of the failing records that are about one identifier; share of the other work that goes to it since the onset
and may have gone to it before, and how many times its share and its rate must have risen; share of the other work that
may name the part that fails; how strong the clue is (judgement: most work, after at most a quarter)."""

REPETITION_FEWEST = 5
REPETITION_SHARE = 0.6
REPETITION_CONTRAST = 5
REPETITION_KEPT = 3
"""An identifier fails again and again when at least so many failing records of one message, and this share of them, are
about it; it is an identifier when at least so many other values are seen where it stands. Most clues of this kind."""

PROGRESS_RISES, PROGRESS_STANDS = 8, 5
PROGRESS_SHARE = 0.9
"""Fewest steps up before the onset and fewest records that stand since; share of all steps that must be so."""

TARGET_LINES = 40
"""Lines of a record, frames left out, in which the addresses of others are looked for."""

LISTENERS_OPENED = 200
"""Records opened to learn where services listen; a few start-up lines of each."""

ADDRESS_REQUESTS = 500
ADDRESS_SHARE = 0.8
"""Requests from which addresses are learned; share of the requests whose records name an address that must reach the
same service for the address to be its own."""

BLAME_SHARE = 0.2
VICTIM_SHARE = 0.3
BLAME_FEWEST = 3
"""Share, and number, of a service's failing records that must name another one for it to be blamed by it; share from
which a blamed one that blames another is a victim itself."""

BLAME_USUAL_FACTOR, BLAME_HEALTHY_FACTOR, BLAME_LATE_FACTOR = 0.4, 0.7, 0.6
BLAME_LIFT = 1.5
BLAME_LATE_S = 30.0
"""Factors on the strength: when good records name it nearly as often (less than LIFT apart), when it writes logs and
none of a failure, and when it failed this much later than the first that blames it, seconds; judgement."""

SHARED_FEWEST = 5
PROPAGATION_KEPT = 2
PROPAGATION_LEAST = 0.2
"""Failing requests that services must share for their order to count; most clues, and the weakest one."""

HUSH_AFTER_S = 10.0
HUSH_STEPS = 2000
HUSH_FEWEST, HUSH_MISSED = 6, 3
HUSH_REGULAR_SHARE, HUSH_REGULAR_SPREAD = 0.8, 0.25
"""What stopped came at least FEWEST times and misses at least MISSED; last seen at most AFTER_S behind the onset,
seconds; pauses of whole services are measured in this many steps; share of intervals near the median, and how near
as a share."""

HUSH_INTERVAL_LEAST_S = 5.0
"""Shortest interval that can be told from steady traffic, when clocks of whole seconds blur each by one, seconds."""

HUSH_RECORDS, HUSH_CANDIDATES = 5000, 40
HUSH_SCALE_S = 600.0
HUSH_KEPT = 3
"""Most records of one message and most messages whose intervals are looked at; a stop this long before the onset counts
half, seconds; most clues."""

STAMPS_SAMPLED = 200
"""Stamps that vote on the form of a layout's stamps."""

STAMP_FORMS_TRIED = 12
"""Different stamp forms looked for in one layout of one file."""

SNIFF_BYTES = 64 * 1024
"""Bytes at a file's beginning that tell text from binary."""

BINARY_NUL_SHARE = 0.3
BINARY_SHARE = 0.05
"""Shares of NUL bytes and of other control bytes beyond which a file is no log; a crash leaves NUL blocks in real
ones."""

READ_BYTES = 1024 * 1024
"""Bytes asked of a file at a time."""

OPEN_BYTES = 1024 * 1024
BLOCKS_REMEMBERED = 16
"""Bytes read at a time when single lines are opened again, and how many such blocks of a compressed file are kept."""

SKIP_BYTES = 64 * 1024
"""Bytes in which the ends of lines are counted at a time on the way to a line, and cut into lines around it; plain
files only (to count them takes 20 µs, to cut them 100 µs)."""

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
"""Years that a record of a log can be from; stamps outside are kept as text only."""

ZONE_STEP_MIN = 15
ZONE_SHIFT_LARGEST_H = 14
"""Zones differ from UTC by whole quarter hours, by at most fourteen hours (IANA time zone database)."""

ZONE_SHIFT_LEAST_MIN = 30
"""Least shift of a clock that overlaps the others as it stands: no zone is nearer to UTC (IANA time zone database)."""

ZONE_FIT_S, ZONE_FIT_SHARE, ZONE_FIT_STEPS = 120.0, 0.02, 0.25
"""How far begin and end of a shifted file may lie from those of the zoned files: seconds, or this share of their span,
but never more than this share of a step, beyond which nearly any file would fit one shift or another (judgement)."""

YEAR_JUMP_DAYS = 180
DAY_JUMP_H = 12
"""How far stamps without a year, or without a date, must jump back for a new year, a new day, to have begun."""

YEAR_RETURN_DAYS = 330
DAY_RETURN_H = 22
"""How far they must jump ahead to be late lines from before the turn: nearly the whole year or day."""

SERVICES_MOST = 36
"""Most values that a field which names services has in the surveyed lines of a file; one with more names something else
(a shop runs dozens of services, a request id has thousands of values)."""

TRACE_LINES_READ = 2000
"""Lines of one stack trace that are read; a deep recursion repeats itself beyond that."""

TRACE_LINES_REMEMBERED = 20_000
"""Different lines of stack traces whose reading is remembered: traces of one program share nearly all of their lines
(35,000 lines of 700 different traces of a recorded incident are 1,300 different ones)."""

# --- signal: series --------------------------------------------------------------------------------------------
BUCKETS_MOST = 600
"""Most intervals that the time of the data is cut into; 600 × 1,000 series of numbers are 5 MB and scan in
milliseconds."""

BUCKET_WIDTHS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Widths that a reader can add up in the head, seconds; beyond the last one multiples of it."""

STRAY_GAP_S = 30 * 86_400.0
STRAY_GAP_SPANS = 20.0
STRAY_SHARE = 0.01
"""Records are strays (broken clocks, year 1970 or 2099) when they lie farther from the bulk than 30 days and 20 times
its span and are less than 1 % of all; judgement, so that a sparse yearly log keeps every record."""

DURATION_BIN = 1.05
"""Width of one bin of durations as a factor: quantiles are exact to ±2.5 % (DDSketch, Masson et al., VLDB 2019)."""

# --- signal: changes -------------------------------------------------------------------------------------------
FALSE_ALARM_RATE = 0.01
"""Share of healthy logs in which any change may be reported; held by a seeded test over hundreds of healthy logs."""

EVENTS_FEWEST = 5
"""Records of the new behaviour below which no series is looked at: f^5 cannot pass the correction anyway."""

QUIET_EVENTS_FEWEST = 20
"""The same for messages below error level, which must change strongly to be worth an engineer's look."""

HEAD_SHARE = 0.05
"""Share of the data at its beginning that is only looked at as "before": start-up lines are no change."""

TAIL_SHARE = 0.05
"""Share at the end in which a change of quiet messages is not reported: shutdown lines are no change."""

CHANGE_SHORTEST_S = 10.0
CHANGE_SHORTEST_SHARE = 0.02
"""A change lasts at least this long, or this share of a short log; one hiccup of a second is no incident
(judgement)."""

ERROR_RATIO_RISE = 2.0
ERROR_RATIO_STEP = 0.01
"""Smallest factor and smallest step of a service's error ratio that matter (SPEC: P3 begins below 0.5 % of
requests)."""

ERROR_COUNT_RISE = 3.0
"""Smallest factor by which an error message must come more often."""

QUIET_COUNT_RISE = 5.0
"""Smallest factor up or down for messages below error level: traffic mixes drift, so only strong changes count."""

LATENCY_RISE = 1.5
LATENCY_STEP_MS = 5.0
"""Smallest factor and step of the 95th percentile (SPEC: 1.2 alerts, 2 rolls back; 1.5 is the middle)."""

LATENCY_CUTS = (0.5, 0.8, 0.95)
"""Quantiles of all durations of a service that tell slow records from fast ones; one look each."""

LATENCY_CAP = 0.98
"""Quantile of durations at which each is cut off before means are taken: heavy tails would drown growth."""

DISPERSION_MOST = 25.0
"""Highest variance-to-mean ratio of healthy logs: one failure writes at most about 25 records (cascade of stack, access
log and callers). Beyond it a burst is a change and not noise."""

DISPERSION_LEAST = 1.0
"""Lowest variance-to-mean ratio assumed: independent records (Poisson)."""

SCREEN_SHARE = 0.7
"""Share of the log-likelihood needed for significance below which the first guess of a segment is not refined."""

BURST = 10.0
"""Records that one event may write into one bucket: what a segment of a single bucket must outdo (judgement)."""

DISPERSION_BLOCKS = 8
"""Fewest blocks from which the variance at one time scale is estimated."""

RECOVERY_EVENTS = 8.0
"""Records of the new behaviour that must be missing before a change counts as ended."""

SWITCH_PENALTY = 2.0
"""Cost of one switch between good and bad times in logs of the number of buckets (minimum description length: where and
which way)."""

PERIODS_INTERMITTENT = 3
"""Fewest separate bad periods that make a change intermittent."""

CRASH_BESIDE_S, CRASH_SHARE, CRASH_USUAL_CHANCE = 5.0, 0.75, 0.125
"""How near to a crash errors come with it, seconds; share of the crashes and of the bursts of errors that must come
together; chance up to which it is not taken for usual that all crashes come as late in the data as they do, that of
three in its second half (judgement; that they come together is held to FALSE_ALARM_RATE)."""

BURST_APART_SHARE, BURST_FREE_SHARE = 0.02, 0.2
"""Share of the data by which bursts of an error are apart, and that must be free of it at the beginning, for them to be
told of in logs without an incident (judgement)."""

FORERUNNERS = 2
FORERUNNER_SHARE = 0.25
"""Records of a behaviour never seen before that may precede its rise, and how far as a share of the time that it lasts:
then it begins with them."""

DRIVER_SHARE = 0.5
DRIVER_SHARE_BESIDE = 0.1
"""Share of a rise of the error ratio that one message must make up to date its onset, anywhere and when it begins at
the same time."""

PERIODS_REGULAR = 4
PERIOD_SPREAD = 0.15
"""Fewest bad periods, and most coefficient of variation of their intervals, that make a change periodic."""

JOB_LAG_PRECISION_S = 1.0
"""How finely it is known how long behind a job's start an error comes, seconds: many logs stamp whole seconds."""

PERIODIC_RATIO_STEP = 0.2
"""Step of the error ratio, or of the share of slow records, that each of the regular bursts must reach when there is no
time before them to compare with: strong ones only (judgement)."""

RAMP_SHARE = 0.3
"""Share of the bad time that growth must take for a change to be gradual rather than sudden."""

RAMP_GAIN = 0.25
"""Share of the misfit of the best step that the best ramp must explain for a change to be gradual."""

SILENCE_SHORTEST_S = 60.0
SILENCE_RISE = 5.0
"""A service is silent when it misses at least a minute, and 5 times its longest pause before (judgement)."""

SILENCE_SPOKEN_SHARE = 0.2
"""Share of the time since its first record that a service must have spoken before it can fall silent: one that only
writes its start-up lines never used to speak."""

SILENCE_EVENTS = 30
"""Fewest records of a service whose silence means something."""

OUTAGE_BESIDE_S = 300.0
"""A service that never speaks again fell silent when another begins to fail or to be slow this near, seconds
(judgement: callers run into time-outs and retries first); otherwise its log may just have been collected earlier."""

FAREWELL_S, FAREWELL_LIFT = 120.0, 5.0
"""Records this near to the last one of a service may tell of its end, seconds; a message does when it comes so many
times more often then than in the rest of the time (judgement)."""

QUIET_CHANGES_KEPT = 8
"""Most changes of messages below error level that are reported, strongest first: few and strong."""

CHANGES_KEPT = 60
"""Most changes reported, strongest first."""

NOVELTY_TOLERANCE_S = 2.0
"""A message first seen this shortly before the onset is still new with it, seconds: clocks and flushes differ."""

NOVELTY_RISE = 3.0
NOVELTY_CHANCE = 0.001
"""Factor and chance beyond which a message's rate is called changed."""

SURVEY_LINES = 60
"""Lines, spread over the surveyed bytes of either end, whose stamps vote on day and zone; 0.1 ms each (measured)."""

# --- report: policies that follow from the severity ----------------------------------------------------------------
CONFIDENCE_TO_ACT = {"P0": 0.80, "P1": 0.90, "P2": 0.95, "P3": 0.95}
"""Confidence needed before acting on a diagnosis, by severity (SPEC; P3 as P2)."""

DIAGNOSIS_TARGET_MIN = {"P0": 15, "P1": 30, "P2": 60, "P3": 240}
FIX_TARGET_MIN = {"P0": 30, "P1": 60, "P2": 120, "P3": 480}
TEST_TARGET_MIN = {"P0": 15, "P1": 30, "P2": 60, "P3": 120}
DEPLOY_TARGET_MIN = {"P0": 15, "P1": 30, "P2": 60, "P3": 120}
TOTAL_TARGET_MIN = {"P0": 75, "P1": 150, "P2": 300, "P3": 960}
"""Minutes that each phase and all of them may take, by severity (SPEC)."""

CANARY_SHARES = (0.10, 0.50, 1.0)
"""Shares of traffic of the phases of a canary rollout (SPEC)."""

ROLLING_SHARES = (1 / 3, 2 / 3, 1.0)
"""Shares of traffic of the phases of a rolling rollout, each settled to whole hosts: thirds, so that most hosts run the
old version until the first ones have been watched (judgement)."""

WATCH_MIN = {"P0": 10, "P1": 15, "P2": 30, "P3": 30}
WATCH_AFTER_MIN = 30
"""Shortest watch of each canary phase by severity, and after full traffic, minutes (SPEC; P3 as P2)."""

# --- report: how much is shown -------------------------------------------------------------------------------------
FIRST_SCREEN_LINES = 24
"""Lines of the terminal's first screen: the height of the smallest terminal in use (VT100)."""

CONSOLE_MOST_COLUMNS = 120
"""Widest line that the terminal report writes; wider ones are hard to read."""

ROWS_SHOWN = 60
"""Rows of one table in a report, as many as there are changes at most; what is left out is counted."""

EXCERPT_LINES = 30
EXCERPT_COLUMNS = 400
"""Lines of an excerpt, and characters of a line, that a document shows; the place says where the rest stands."""

CURVES_DRAWN = 3
"""Series drawn in the HTML report."""

# --- report: thresholds that its policy text names -----------------------------------------------------------------
SLOWER_NOTED, SLOWER_REJECTED = 0.10, 0.20
"""How much slower a patch may be before it is approved with notes only, and before it is rejected (SPEC)."""

SUCCESS_P95_RATIO = 1.10
ALERT_ERROR_RATIO, ALERT_P95_RATIO = 0.02, 1.2
ROLLBACK_ERROR_RATIO, ROLLBACK_P95_RATIO, ROLLBACK_VOLUME_RATIO = 0.05, 2.0, 0.60
"""Bounds of a rollout: p95 of success, of an alert and of a rollback as factors of the baseline; error ratios; share of
the baseline's request volume below which it is rolled back (SPEC)."""

# --- signal: deploys -----------------------------------------------------------------------------------------------
DEPLOY_MARGIN_S = 86_400.0
DEPLOY_AFTER_S = 600.0
"""How long before the first and after the last record a change in the world still matters, seconds (judgement: what
runs a day without harm is rarely the cause; what comes after the end is no cause, but clocks differ)."""

DEPLOYS_FILE_BYTES = 16 * 1024 * 1024
"""Longest list of deploys that is read, bytes of text; a hundred thousand rows."""

DEPLOYS_KEPT = 200
"""Most deploys reported; a reader looks at tens."""

SUMMARY_FIELDS = 2
"""Further fields of a listed deploy that its summary tells; the row itself is the evidence."""

SUMMARY_CHARACTERS = 200
WORDING_CHARACTERS = 400
"""Characters of a deploy's summary, and of a message in which a change is looked for: changes are told in few words."""

PATTERNS_FEW = 500
"""Distinct messages up to which wordings are tried one by one, 0.1 ms each; to compile all for Rust takes 150 ms
(measured)."""

SAME_DEPLOY_S = 900.0
"""A list of deploys and the start-up line of the same version are one deploy when at most this far apart, seconds
(judgement: images are pulled and instances warmed up in minutes)."""

STOP_BEFORE_START_S = 120.0
"""A stop this shortly before the start of another version belongs to it, seconds (a graceful stop takes up to 90 s in
systemd)."""

START_SLACK_S = 30.0
"""A service whose first record is at most this much older than its start-up line begins with it, seconds."""

RESTART_BURST_S = 600.0
CHANGE_BURST_S = 60.0
"""Restarts, and other changes, closer than this are one burst, seconds; Kubernetes backs off by at most 300 s between
restarts, several programs of one service reload within a minute."""

OCCASIONS_KEPT = 10
"""Most changes of one wording and service that are reported: the ones after the longest quiet."""

OCCASIONS_OPENED = 40
RECORDS_OPENED = 400
"""Most records of one message and service, and of all, that are opened to read what changed; about 8 ms each
(measured)."""

VALUES_KEPT = 20
"""Most changes with old or new values of one kind and service that are reported; beyond it a program adapts by
itself."""

WORDING_RECORDS_MOST = 20_000
"""Records beyond which a message tells of daily business and not of a change in the world."""

PACKAGES_APART = 5
PACKAGE_BURST_S = 120.0
"""Packages changed within this many seconds are one change when there are more than this many of them."""

COMMITS_MOST = 200
GIT_TIMEOUT_S = 60.0
"""Most commits and tags read from a repository, newest first, and how long git may take, seconds."""

GIT_STAT_LINES = 20
"""Lines of a commit's list of changed files that its place covers."""

# --- signal: correlation -------------------------------------------------------------------------------------------
LAG_SLACK_S = 5.0
"""How much earlier than its cause an onset may be dated, seconds: clocks of two machines and late flushes."""

LAG_SCALE_S = 60.0
LAG_SCALE_GRADUAL_S = 1800.0
LAG_DECAY = 0.25
"""A lag of one scale costs a fifth of the score, each doubling beyond it ever less: 1 / (1 + 0.25 log2(1 + lag /
scale)). Gradual changes take longer to show. Judgement: a day-old deploy keeps a quarter, so that it counts when
nothing is nearer."""

TIMING_CEILING = 0.9
"""Highest score: timing alone never makes a cause certain."""

FIT_SERVICE_UNKNOWN = 0.7
FIT_SERVICE_OTHER = 0.4
"""Factor of a deploy that does not say its service, and of one of another service (a dependency may fail first)."""

FIT_PACKAGE = 0.9
FIT_COMMIT = 0.6
FIT_RESTART = 0.5
FIT_CONSEQUENCE = 0.3
FIT_FIRST = 0.5
"""Factors of kinds: a commit does not run yet, a restart brings nothing new, one after the trouble began follows from
it, and the version with which the records begin replaced none (what follows was well with it until the onset)."""

FIT_SERVICE_NAMED = 0.8
"""Factor of a deploy of another service that the failing records name, and of nothing else that they share: it is
depended on. A shared name of a thing (table, column, key, host) counts like the same service, 1 (judgement)."""

NAME_LETTERS = 4
NAME_SHARE_MOST = 0.05
"""Letters that a shared name has at least, and share of a service's records before that may hold it (judgement: what
every twentieth record says is common there)."""

NAMES_CHARACTERS = 16_384
NAMES_SHARED_MOST = 5
"""Characters of a record in which names are looked for, half at its head and half at its tail; names that a pair
shows."""

CORRELATIONS_KEPT = 20
"""Most deploys paired with one change, best first."""

RECOVERY_SHARE = {"P0": 0.30, "P1": 0.60, "P2": 0.80, "P3": 0.80}
"""Share of failed transactions that customers make good later, by severity (SPEC; P3 as P2)."""

# --- signal: templates -----------------------------------------------------------------------------------------
ALIKE_SHARE = 0.7
CHOICES = 3
"""Share of its words that all messages of a template have in common, and the most values of a word that are choices
(different templates) and no variable. Chosen on ten Loghub samples, each left out (docs/decisions/templates.md)."""

STATES = 12
PHRASES = 8
"""The most values that are choices when they are words in capitals or names of errors (states of one machine), and when
two neighbouring words vary together (judgement)."""

WORDS_OPEN, NAMES_OPEN = 20, 100
"""Values beyond which a word is a variable that says nothing on likeness, and the most routes of a service that all
have templates of their own (judgement: more than most services have)."""

ROUTE_COUNT, ROUTE_SHARE = 10, 0.001
"""Records, and share of the records of its kind, from which one of more routes keeps a template of its own: at most
1,000, while the paths that a scanner tries are joined (judgement)."""

MESSAGE_CHARACTERS = 2000
WORD_CHARACTERS = 120
"""Characters of a message, and of a word, that tell its template; what is longer is data."""

# --- diagnosis: wording of errors ------------------------------------------------------------------------------
WORDING_TEXT_CHARACTERS = 64 * 1024
WORDING_LINE_CHARACTERS, WORDING_TAIL_CHARACTERS = 1200, 400
WORDING_LINES = 60
WORDING_WORDS = 400
"""How much of an error text is looked at: of the text, of the head and the tail of a line, lines that are no frames
(half from either end), and words, those of the root cause first. Errors say what is wrong in one sentence
(judgement)."""

WRAPPER_WEIGHT = 0.4
"""Weight of the words of an error that wraps the root cause; the root cause has 1 (judgement)."""

SIGN_WEIGHTS = {"decisive": 10.0, "strong": 6.0, "fair": 3.5, "weak": 1.5, "against": -7.0}
"""Weight of a sign: an identifier that means one thing, a phrase that nearly always does, words that usually do, a
hint; and words with which a neighbouring family is meant."""

SIGN_GAP = 4
SIGN_WINDOW = 14
"""Most words that ``..`` stands for, and over which the parts of a sign may spread: about a clause, and a sentence."""

NEARLY_FULL_PERCENT = 85
"""Share in use from which something is said to be nearly full, per cent (common alerting threshold)."""

SIGN_PLACES = 6
"""Places of a word that are tried; a word that comes more often says nothing more."""

SIGN_WORDS_KEPT = 20_000
"""Distinct words whose elements are remembered."""

SIGN_REPEAT_SHARE = 0.35
"""What each further sign of a family adds, as a share of the one before: signs of one sentence are not independent."""

SCORE_SCALE = 4.0
RIVAL_SHARE = 0.4
MATCH_CEILING = 0.99
UNKNOWN_CONFIDENCE = 0.1
"""Confidence is MATCH_CEILING × (1 − exp(−score / SCORE_SCALE)) × (1 − RIVAL_SHARE × (rival / score)²). The scale was
set where claims of 0.8 and more held on phrasings at their first measurement (docs/decisions/causes.md)."""

SCORE_FLOOR = 2.5
"""Score below which nothing is claimed: hints alone name no cause."""

MATCHES_KEPT = 5
"""Most families named for one text."""

# --- diagnosis: mechanisms that read numbers, jobs, quoted times and forerunners --------------------------------
NUMBERS_TEMPLATES, NUMBERS_MOMENTS, NUMBERS_OPENED = 80, 120, 4000
"""Messages whose numbers are followed, moments of the data at which each is looked at, and records opened in all: about
a third of a second."""

NUMBERS_PER_RECORD = 30
"""Numbers read from one record."""

NUMBERS_CLUES, NUMBERS_STRONG = 6, 0.3
"""Most numbers reported, strongest first, and the strength below which one of each service and moment will do: numbers
that follow the trouble come by the dozen."""

NUMBERS_CHANCE = 0.001
"""Chance of a trend among unordered values, over all numbers looked at, below which it is told."""

TREND_FEWEST, SHIFT_FEWEST = 10, 4
"""Fewest values of a growth, and of either level of a shift; below it ranks prove nothing."""

GROWTH_CORRELATION, GROWTH_FACTOR = 0.75, 1.3
"""Rank correlation with time, and factor, from which values grow (judgement: noise on top, sawtooth not)."""

SHIFT_DOMINANCE, SHIFT_FACTOR = 0.95, 1.3
"""How far two levels must be apart: Cliff's delta, and the factor of their medians (judgement)."""

GROWTH_BEGUN, GROWTH_REST, GROWTH_LATE = 0.1, 0.2, 0.15
"""Share of its rise at which growth has begun; share of the time before it in which values stood still, so that
something set it off; share of the rise that the second half must make, or else it was a warm-up (judgement)."""

GROWTH_STEP_PERCENT = 10.0
"""Points by which a percentage must move: 2 % to 3 % of a disk is a growth by half, and nothing."""

LIMIT_NEAR, LIMIT_REACHED = 0.9, 0.97
"""Shares of a limit from which a growth ran close to it, and up to it: the last record before the failure tells
less."""

DRIVER_GAIN = 0.7
"""Share of all growth that one label must make to be called its driver (judgement)."""

LIMIT_RECORDS = 200
"""Records that state limits which are opened."""

BEFORE_SLACK_S = 2.0
"""How much later than the onset something may be dated and still count as before it, seconds: clocks and flushes."""

CLOCK_REACH_S, CLOCK_LONGEST_S = 900.0, 30.0
CLOCK_LONGEST_QUANTILE, CLOCK_LONGEST_FACTOR = 0.999, 2.0
CLOCK_SHIFT_LEAST_S, CLOCK_SPREAD = 3.0, 0.1
CLOCK_HEALTHY_FEWEST, CLOCK_SLACK_S = 5, 60.0
"""A clock jumped when stamps of shared requests moved by so many seconds at least, and by so many times what nearly all
requests near the onset last (what they are taken to last where none says it, seconds); spread of the differences as a
share of the jump: clocks differ by one constant, queues do not; fewest requests without a failure that show it; how
long before the first such request the clock may have jumped, seconds (judgement)."""

GROWTH_BLUR_S, GROWTH_BLUR_SHARE, GROWTH_BLUR_POINTS = 20.0, 0.1, 3
"""How soon after a change of its service a growth must leave its level to have begun with it: seconds, share of its
length, or values, whichever is longest; the foot of a ramp is known no better (judgement)."""

HEADROOM_RECORDS, HEADROOM_TEMPLATES = 20, 12
HEADROOM_STEPS, HEADROOM_PERCENT = 50.0, 10.0
HEADROOM_REACH_SHARE = 0.1
"""Last records before the onset, and messages, in which space is looked for; records for which it must have lasted at
the pace at which it fell, and percentage points that must be left; share of the healthy time by which the last of them
may lie before the onset. Single writes are small beside a volume: what lasts for fifty more is not full (judgement)."""

FORE_SCALE_S = 60.0
"""A lead of one scale before the onset costs a fifth of a clue's strength, each doubling ever less (as LAG_SCALE_S)."""

WINDOW_RECORDS = 3000
WINDOW_RUNS_MOST = 500
"""Records that start or finish a job which are opened, and runs of one job beyond which it is daily business."""

WINDOW_COVER_MOST = 0.5
WINDOW_INSIDE = 0.8
WINDOW_LIFT = 2.0
"""Share of the time that a job may run at most, share of the bad records that must come while it runs, and how many
times more often than by chance (judgement)."""

WINDOW_TAIL_S, WINDOW_TAIL_SHARE = 5.0, 0.1
"""How long behind a job's end its harm may last, seconds and share of its run: queues drain."""

BAD_GAP_S, BAD_GAP_SHARE = 15.0, 1 / 60
"""Pause of failures that parts two bad periods, seconds, and at least this share of the data."""

QUOTES_OPENED = 2000
QUOTES_PER_TEMPLATE = 200
"""Records opened in search of quoted times, of all messages and of one whose words speak of a time."""

QUOTE_EARLY_S, QUOTE_EXACT_S, QUOTE_LATE_S = 2.0, 3.0, 60.0
"""A quoted time is the onset's when at most this much later than it, this close, and when something next tries after
it, seconds (clocks; judgement)."""

QUOTE_CHANCE = 0.1
"""Chance that one of all quoted times of a message falls that near to the onset, above which it is silent."""

PRECURSOR_REACH_S, PRECURSOR_REACH_SHARE = 1800.0, 0.3
"""How long before the onset forerunners are looked for, seconds, and as a share of the time before it."""

PRECURSOR_REPEATS = 3
"""Most records of a message that is rare."""

PRECURSORS_OPENED, PRECURSOR_CLUES = 300, 6
"""Rare records opened, and clues reported."""

PRECURSOR_WEAKEST = 0.15
"""Strength below which a forerunner is not worth a line (judgement)."""

RECURRING_MOST = 60
"""Records of a message that always says the same which are compared with each other: a reload every few minutes."""

ENTRY_CHARACTERS = 16 * 1024
NAME_CHARACTERS = 80
"""Characters of an opened record that mechanisms read, and before a number in which its name is looked for."""

NEWCOMER_WEIGHT = 0.5
"""Strength of a message that begins to come at the onset: new behaviour, though nothing says what brought it
(judgement)."""

VARIANT_SHARE, VARIANT_RATE = 0.6, 3.0
"""Share of the words of two messages in common, and the factor of their rates, within which one takes the place of the
other, as a release rewords it (judgement)."""

COUNTER_RISES = 0.8
"""Share of the steps of whole numbers that go up from which they are ids or totals, told by several writers in turn."""

# --- model ------------------------------------------------------------------------------------------------------
EVIDENCE_TOKENS_MOST = 1500
ANSWER_TOKENS_MOST = 300
CALLS_MOST = 6
ENGINE_SECONDS_MOST = 300.0
"""What one analysis may ask of a model: tokens of evidence and of an answer, calls, seconds. On CPU a call of a 3B to
8B model takes 40 to 67 s (estimated in the project's notes)."""

RERANK_BELOW = 0.45
"""Confidence of rules below which a model may choose among their candidates, 0..1. Below the least sure right diagnosis
of the recorded incidents (0.50 of 23): a model never overrules what was right there."""

RERANK_SHARE_LEAST = 0.6
"""Share that a model must give to one cause, over both orders of the list, for it to lead, 0..1 (judgement)."""

SENTENCES_MOST, SENTENCE_CHARACTERS, DRAFT_CHARACTERS = 3, 240, 400
"""Sentences of a statement, signs of one sentence, and signs of the draft that a model is shown: three sentences stay
within ANSWER_TOKENS_MOST."""

FACT_HEAD_CHARACTERS, FACT_TAIL_CHARACTERS = 240, 120
"""Signs of a statement or an excerpt that a model is shown, from its beginning and its end: the head of a log line and
the end of a stack trace (judgement)."""

CLAIM_CHARACTERS = 400
"""Longest sentence that is verified: a longer one says more than one thing (judgement)."""

MODEL_KEYS_MOST, MODEL_TENSORS_MOST = 10_000, 100_000
"""Keys and tensors that the header of a model file may announce; real ones have tens and hundreds to thousands."""

MODEL_CONTEXT_LEAST, MODEL_CONTEXT_MOST = 4096, 8192
"""Tokens of context that a model must have (the evidence, an answer and an agent's own text of about 2,000), and that
are reserved at most: memory for them is taken whether used or not."""

MODEL_BATCH_TOKENS = 512
"""Tokens evaluated at a time, the default of llama.cpp; progress is told after each."""

MODEL_SPARE_BYTES = 512 * 1024 * 1024
"""Memory on top of weights, context and batch: libraries, vocabulary, temporary values."""

MODEL_SEED, MODEL_TEMPERATURE = 20_260_115, 0.2
"""Seed of every answer, and its temperature: at 0 small models loop more (the project's notes)."""

MODEL_DAY = "2026-01-15"
"""The day that a chat template is told when it asks: a fixed one, or else no prefix would ever be the same twice."""

PREFIX_FOLDER_BYTES = 2 * 1024**3
PREFIX_TOKENS_LEAST = 32
PREFIX_DISK_SPARE = 4
"""Most bytes of kept prefixes on disk, oldest use first out; tokens from which a prefix is worth a file; how many times
its size must be free on the disk: an incident may be that very disk running full."""

REMOTE_BYTES_MOST = 4 * 1024 * 1024
REMOTE_TOKEN_BYTES = 3
"""Bytes read of a server's answer at most; bytes of a token where nobody can count (English has about four: so budgets
err on the safe side)."""

# --- model: encoder ----------------------------------------------------------------------------------------------
ENCODER_AGREEMENT_LEAST = 0.999
"""Cosine between the converted encoder's vectors and those of the original weights; Q8_0 gave .9995 (measured)."""

ENCODED_TOKENS = 512
"""Longest text that the encoder reads, tokens: its positions end there (all-MiniLM-L6-v2, config.json)."""

ENCODED_CHARACTERS = 1000
"""Characters of a text that are encoded; a message says what it says in its first sentences, and time goes by length
(judgement)."""

ENCODER_SECONDS_MOST = 10.0
"""Wall time that the encoder's process may take to start or to answer, seconds, after which rules go on alone; it
starts in half a second and a text takes 10 ms (measured)."""

RULES_SURE = 0.92
"""Confidence from which the rules name a cause family alone: such claims held in 98 of 100 texts that neither rules nor
encoder had seen; from 0.9 on it was 96 (models/train_causes.py)."""

SILENT_CALM_ODDS = 19.0
"""How many times as common lines of nothing wrong are among those of a log in which rules are silent as among texts
that `hotfix explain` is asked about: half of them, not one in twenty (CALM_SHARE, train_causes.py). Judgement, made
after two recordings were lost without it: in sample."""

SILENT_LIKELY = 0.5
"""Confidence above which the encoder's word on such a line is taken: when it is likelier right than wrong."""

ENCODED_TEXTS_MOST = 32
"""Distinct texts that one analysis has encoded at most; 10 ms each, so that it costs less than a second."""

VECTORS_KEPT = 20_000
"""Vectors kept on disk, 0.8 kB each: about 20 MB with their keys."""

MODEL_LOAD_SECONDS, MODEL_CHECK_SECONDS = 120.0, 90.0
"""How long a model may take to load when it is added, and to answer each of the two questions of its self-test, seconds
(an 8B model on four cores needs about 30; judgement)."""

# --- learn --------------------------------------------------------------------------------------------------------
EVENT_BYTES_MOST, EVENTS_FILE_BYTES_MOST = 64 * 1024, 64 * 1024 * 1024
"""Longest line of an incident's journal, and largest journal that is read, bytes: notes have hundreds, and an incident
tens of events (judgement)."""

EVENT_TEXT_CHARACTERS = 2000
"""Characters that a command writes into an event at most; its document holds the rest (judgement)."""

DOCUMENT_BYTES_MOST = 16 * 1024 * 1024
"""Largest document with regions of people that is written anew, bytes: a review has tens of kilobytes (measured)."""

REPORT_BYTES_MOST, SEARCHED_BYTES_MOST = 64 * 1024 * 1024, 2 * 1024 * 1024
"""Largest report that is indexed or imported, and text of one kind (evidence, notes, documents) of one incident that a
search looks through, bytes: the reports of the samples have 0.1 to 1 MB (measured)."""

INDEX_WAIT_S, INDEX_FOLDERS_AT_ONCE = 15.0, 20
"""How long a command waits for another one that writes the index, seconds, and incidents written in one transaction:
who reads never waits, who writes holds the others up for some ten milliseconds."""

ARCHIVE_BYTES_MOST, ARCHIVE_OVERHEAD_BYTES = 256 * 1024 * 1024, 4 * 1024 * 1024
ARCHIVE_FILES_MOST, ARCHIVE_NAME_BYTES_MOST, MANIFEST_BYTES_MOST = 1000, 150, 1024 * 1024
"""What the archive of an incident may hold: bytes of all files, bytes of headers and the manifest on top, files, bytes
of one name and of the manifest. The folders of the samples hold about ten files of 2 MB in all (measured)."""
