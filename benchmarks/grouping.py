"""Accuracy of templates: what hotfix reads and mines against labelled logs, with masked drain3 line by line beside it.

    python benchmarks/grouping.py FOLDER [--misses SET]

FOLDER holds pairs `<system>_2k.log` and `<system>_2k.log_structured.csv` as Loghub publishes them. hotfix reads the raw
log through its whole reading; drain3 gets the true Content of each line. GA is the share of lines whose group holds
exactly the lines of its true group, FGA the F1 over groups (Loghub-2.0). The configuration of each set is the one with
the best mean over the other sets.
"""

import argparse
import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from throughput import MASKS

from hotfix.ingest.discovery import find_sources
from hotfix.ingest.reading import read_records
from hotfix.signal.grouping import Voting, group_messages
from hotfix.signal.masks import mask_messages

_LOG = "_2k.log"
_GRID = [Voting(*values) for values in itertools.product((0.5, 0.6, 0.65, 0.7, 0.75, 0.8), (2, 3, 4, 5))]


@dataclass(frozen=True, slots=True)
class Score:
    """How well groups match true groups, both 0..1."""

    ga: float
    fga: float

    @property
    def mean(self) -> float:
        """What a configuration is chosen by."""
        return (self.ga + self.fga) / 2


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled log as hotfix read it."""

    name: str
    truth: list[str]  # true group of each line
    content: list[str]  # true message of each line
    patterns: list[str]  # masked messages, by pattern
    held: list[int]  # pattern of the record that holds each line

    def group(self, voting: Voting) -> list[str]:
        """Return the template of each line."""
        counts = Counter(self.held)
        texts = group_messages(self.patterns, [counts[pattern] for pattern in range(len(self.patterns))], voting)
        return [texts[pattern] for pattern in self.held]

    def group_content(self, voting: Voting) -> list[str]:
        """Return the template of each true message: what is left when reading cannot go wrong."""
        masked = mask_messages(pl.Series(self.content, dtype=pl.String)).to_list()
        return group_messages(masked, [1] * len(masked), voting)


def main() -> None:
    """Read all sets, choose configurations, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", default=None, metavar="SET", help="print the groups of one set that are wrong")
    args = parser.parse_args()
    samples = [_read_sample(path) for path in sorted(args.folder.glob(f"*{_LOG}"))]
    if args.misses:
        _print_misses(next(sample for sample in samples if sample.name == args.misses))
        return
    table = {
        voting: {sample.name: score_groups(sample.truth, sample.group(voting)) for sample in samples}
        for voting in _GRID
    }
    best = max(_GRID, key=lambda voting: _mean(table[voting].values()).mean)
    print(f"{'GA  FGA':<10} {'left out':>13}  {'in sample':>13}  {'default':>13}  {'true content':>13}  {'drain3':>13}")
    columns = [_score_all(sample, table, best) for sample in samples]
    for sample, scores in zip(samples, columns, strict=True):
        print(f"{sample.name:<10} {_show(scores)}")
    print(f"{'mean':<10} {_show([_mean(column) for column in zip(*columns, strict=True)])}")
    print(f"best in sample: {best}; default: {Voting()}")


def score_groups(truth: Sequence[str], found: Sequence[str]) -> Score:
    """Return GA and FGA of the groups of lines."""
    true_groups, found_groups = _collect(truth), _collect(found)
    right = true_groups & found_groups
    ga = sum(len(group) for group in right) / len(truth)
    return Score(ga, 2 * len(right) / (len(true_groups) + len(found_groups)))


def _collect(labels: Iterable[str]) -> set[frozenset[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for line, label in enumerate(labels):
        groups[label].append(line)
    return {frozenset(lines) for lines in groups.values()}


def _score_all(sample: Sample, table: Mapping[Voting, Mapping[str, Score]], best: Voting) -> list[Score]:
    left_out = max(
        table, key=lambda voting: _mean(score for name, score in table[voting].items() if name != sample.name).mean
    )
    print(f"{sample.name}: {left_out}")
    found = (
        sample.group(left_out),
        sample.group(best),
        sample.group(Voting()),
        sample.group_content(Voting()),
        _drain(sample.content),
    )
    return [score_groups(sample.truth, groups) for groups in found]


def _mean(scores: Iterable[Score]) -> Score:
    known = list(scores)
    return Score(statistics.mean(score.ga for score in known), statistics.mean(score.fga for score in known))


def _show(scores: Iterable[Score]) -> str:
    return "  ".join(f"{score.ga:>6.3f} {score.fga:>6.3f}" for score in scores)


def _read_sample(path: Path) -> Sample:
    rows = pl.read_csv(path.with_name(f"{path.name}_structured.csv"), infer_schema=False)
    sources = find_sources((str(path),), None)
    reading = read_records(sources.files, sources.side_files, mask_messages, lambda _file, _bytes: None)
    codes = {pattern: index for index, pattern in enumerate(reading.patterns["pattern"].to_list())}
    held: list[int] = [-1] * len(rows)
    for first, count, pattern in reading.records.select("line", "line_count", "pattern").collect().iter_rows():
        held[first - 1 : first - 1 + count] = [codes[pattern]] * count
    truth, content = rows["EventId"].to_list(), rows["Content"].fill_null("").to_list()
    if len(held) != len(rows) or -1 in held:
        raise SystemExit(f"{path}: read other lines than the {len(rows)} that are labelled")
    return Sample(path.name.removesuffix(_LOG), truth, content, reading.patterns["text"].to_list(), held)


def _drain(content: Sequence[str]) -> list[str]:
    """Return the cluster of each message by drain3 with its masking module and the masks of `throughput`."""
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(regex, name) for name, regex in MASKS]
    miner = TemplateMiner(config=config)
    return [str(miner.add_log_message(message)["cluster_id"]) for message in content]


def _print_misses(sample: Sample) -> None:
    found = sample.group(Voting())
    right = _collect(sample.truth) & _collect(found)
    wrong = set(range(len(found))) - set().union(*right)
    groups: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for line in sorted(wrong):
        groups[sample.truth[line]][found[line]].append(line)
    for event, texts in sorted(groups.items()):
        print(event)
        for text, lines in texts.items():
            print(f"  {len(lines):>4} {text[:150]!r}   line {lines[0] + 1}: {sample.content[lines[0]][:110]!r}")


if __name__ == "__main__":
    main()
