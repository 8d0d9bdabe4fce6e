"""The numbers by which incidents are compared, each with its unit and where it comes from."""

LIKE_WORDS, LIKE_FAMILY, LIKE_EXCEPTIONS, LIKE_CHANGE, LIKE_COURSE = 0.45, 0.35, 0.10, 0.05, 0.05
"""What each thing that two incidents may share weighs when they are compared, as shares of one (judgement). What the
logs say weighs most; a family alone never makes two incidents alike, nor does the same text under two families."""

LONE_WORD = 0.5
"""What a word counts that one of all compared incidents alone holds, 0..1: a name as likely as a term (judgement)."""

NAMES_WEIGHT = 0.2
"""Share of its likeness that an incident loses in rank when it has no name of a service or of code in common with the
new one: the same names decide between two that are equally alike, never whether one is (judgement)."""

ALIKE_FROM = 0.74
"""Likeness from which a past incident is named, 0..1: by words the middle of the best, 0.66 to 0.82, on one half of the
samples and their twins (`benchmarks/knowledge.py`); with the encoder these are 0.65 to 0.83. What the other half gives
is in `docs/knowledge.md`."""

MEASURED_FROM, MEASURED_MOST = 0.3, 32
"""Likeness by names and words from which the encoder is asked how near two incidents are in meaning, and of how many at
most: what is farther off cannot come to ALIKE_FROM by that, and a text of a whole incident takes 50 ms (judgement)."""

ALIKE_SHOWN = 3
"""Past incidents that a diagnosis names at most."""

AGE_HALF_LIFE_DAYS, AGE_WEIGHT = 180.0, 0.2
"""After so many days between two incidents half of the share AGE_WEIGHT of their likeness is gone when they are ranked:
systems change within half a year, yet an old incident that is the same stays above a new one that is less so."""

SAME_INCIDENT_S = 60.0
"""Analyses whose incidents begin within so many seconds at the same culprit are taken for one incident, seen twice."""

ARTICLE_TEMPLATES, ARTICLE_FAMILY, ARTICLE_WORDS, ARTICLE_SERVICES = 0.4, 0.3, 0.2, 0.1
"""What each thing weighs that an article may have in common with an incident, as shares of one: the wording that an
article names tells most, then the family, then the rest of its words; services alone never (judgement)."""

BM25_LENGTH = 0.75
"""How much a text longer than the mean counts less, b of BM25, 0..1: the value that is usual in search engines."""

SIGNATURE_TEXTS_MOST, SHARED_WORDS_SHOWN = 40, 8
"""Masked texts that the signature of an incident holds at most, and words that are named as shared."""

WORD_LETTERS = 3
"""Letters that a word has at least to be compared: shorter ones join others and name little."""

ASKED_FROM, ASKED_FAMILY = 0.5, 0.3
"""Share of a question that an incident must hold to be an answer, and what the cause family counts in it, 0..1: half of
what was asked for, rare words first; the family alone is no answer."""
