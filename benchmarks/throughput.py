"""Speed and memory: `hotfix analyze` end to end against masked drain3 line by line, interleaved in one run.

    python benchmarks/throughput.py [--bytes 1000000000] [--seed 7] [--rounds 3] [--folder DIR]

Both read the same corpus; drain3, which would need minutes for all of it, reads an equal share of every file. Prints
lines per CPU-second of both, the ratio of each pair, and the peak memory of hotfix.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from corpus import write_corpus

_DRAIN_LINES_PER_FILE = 20_000


@dataclass(frozen=True, slots=True)
class Run:
    """One process, measured by the operating system."""

    lines: int
    cpu_s: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Lines per CPU-second."""
        return self.lines / self.cpu_s


def main() -> None:
    """Generate the corpus, run both in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bytes", type=int, default=1_000_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None, help="keep the corpus here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch) / "corpus"
        lines = write_corpus(folder, args.bytes, args.seed)
        print(f"corpus: {lines:,} lines, {args.bytes / 1e6:,.0f} MB, seed {args.seed}")
        pairs = [_measure_pair(folder, lines, Path(scratch)) for _ in range(args.rounds)]
    for ours, theirs in pairs:
        print(
            f"hotfix {ours.rate:>12,.0f} lines/CPU-s  {ours.cpu_s:6.1f} s  {ours.peak_mb:5.0f} MB   "
            f"drain3 {theirs.rate:>9,.0f} lines/CPU-s   ratio {ours.rate / theirs.rate:5.1f}"
        )
    ratio = statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)
    print(json.dumps({"ratio": round(ratio, 2), "peak_mb": round(max(ours.peak_mb for ours, _ in pairs))}))


def _measure_pair(folder: Path, lines: int, scratch: Path) -> tuple[Run, Run]:
    ours = [sys.executable, "-m", "hotfix", "analyze", str(folder), "--quiet", "--out", str(scratch / "out")]
    theirs = [sys.executable, __file__, "--drain", str(folder)]
    drained = sum(len(sample) for sample in _samples(folder))
    return _measure(ours, lines), _measure(theirs, drained)


def _measure(command: list[str], lines: int) -> Run:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{command} failed")
    return Run(lines, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _samples(folder: Path) -> list[list[str]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [_head(path) for path in paths]


def _head(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in itertools.islice(lines, _DRAIN_LINES_PER_FILE)]


def _drain(folder: Path) -> None:
    """Mine the samples with drain3, its masking module and seven generic masks: what a script on the shelf does."""
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(regex, name) for name, regex in MASKS]
    miner = TemplateMiner(config=config)
    for sample in _samples(folder):
        for line in sample:
            miner.add_log_message(line)


MASKS = (
    ("TIME", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]?\d*Z?"),
    ("CLF", r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"),
    ("IP", r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b"),
    ("UUID", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"),
    ("HEX", r"\b[0-9a-f]{8,}\b"),
    ("ADDR", r"0x[0-9a-f]+"),
    ("NUM", r"\b\d+(?:\.\d+)?\b"),
)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--drain"]:
        _drain(Path(sys.argv[2]))
    else:
        main()
