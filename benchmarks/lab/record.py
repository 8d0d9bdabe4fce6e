"""Records one scenario: `python -m lab.record NAME` with `benchmarks` on the path, or `make lab SCENARIO=NAME`."""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lab.ground import enter_ground, prepare_ground
from lab.metrics import sample_metrics
from lab.recording import Run, write_recording
from lab.scenario import Scenario, Step
from lab.shop import HOSTS
from lab.stage import Stage
from lab.tools import install_needs
from lab.traffic import send_traffic
from lab.variation import change_seed, copy_lab

_SCENARIOS = Path(__file__).parent / "scenarios"
_SAMPLES = Path(__file__).parents[2] / "sample_logs"


def main() -> None:
    """Parses the command line; outside the namespaces it installs and enters, inside it records."""
    parser = argparse.ArgumentParser(
        prog="python -m lab.record", description="Record one scenario of the incident lab."
    )
    parser.add_argument("name", choices=list_names(), metavar="NAME", help=f"one of: {', '.join(list_names())}")
    parser.add_argument("--out", type=Path, default=_SAMPLES, help="folder of the samples (default: sample_logs)")
    parser.add_argument("--faster", type=float, default=1.0, help="divide all times by this, to try a scenario out")
    parser.add_argument("--variation", type=int, default=0, metavar="N", help="take another seed, names and addresses")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--varied", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.variation and not options.varied:
        sys.exit(_record_varied(options.variation, options.out.resolve()))
    scenario = load_scenario(options.name)
    if not options.inside:
        install_needs(scenario.needs)
        enter_ground("lab.record", [*sys.argv[1:], "--inside"])
    os.environ["TZ"] = "UTC"
    time.tzset()
    prepare_ground({**HOSTS, **scenario.hosts})
    how = name_command(scenario.name, options.faster, options.variation)
    folder = options.out.resolve() / scenario.name
    record(vary_traffic(scenario, options.variation), folder, how, options.faster)


def name_command(name: str, faster: float, variation: int) -> str:
    """Returns the command that records a scenario in that way."""
    if faster == 1 and not variation:
        return f"make lab SCENARIO={name}"
    varied = f" --variation {variation}" if variation else ""
    return f"PYTHONPATH=benchmarks python3 -m lab.record {name} --faster {faster:g}{varied}"


def vary_traffic(scenario: Scenario, variation: int) -> Scenario:
    """Returns the scenario with the visitors of a variation; those of variation 0 are its own."""
    seed = change_seed(scenario.traffic.seed, variation)
    return replace(scenario, traffic=replace(scenario.traffic, seed=seed))


def list_names() -> list[str]:
    """Returns the names of all scenarios."""
    return sorted(path.stem.replace("_", "-") for path in _SCENARIOS.glob("[a-z]*.py"))


def load_scenario(name: str) -> Scenario:
    """Returns the scenario of a name.

    Raises:
        TypeError: its file does not bind SCENARIO to a scenario.
    """
    scenario = importlib.import_module(f"lab.scenarios.{name.replace('-', '_')}").SCENARIO
    if not isinstance(scenario, Scenario):
        raise TypeError(f"expected SCENARIO in scenarios/{name} to be a Scenario, found {type(scenario).__name__}")
    return scenario


def record(scenario: Scenario, folder: Path, how: str, faster: float = 1.0) -> None:
    """Runs a scenario from beginning to end and writes its recording; stops every program whatever happens.

    `how` is the command that was given, for the recording's README.
    """
    stage = Stage(faster=faster)
    stage.make_folder("log")
    try:
        print(f"{scenario.name}: starting {', '.join(scenario.needs)}", file=sys.stderr, flush=True)
        scenario.build(stage)
        run = _run(stage, scenario, faster)
        write_recording(stage, scenario, run, folder, how)  # while all still runs: a stop is no part of the story
    finally:
        stage.stop_all()
    print(f"{scenario.name}: written to {folder}", file=sys.stderr, flush=True)


def _record_varied(variation: int, out: Path) -> int:
    """Records with the lab of a variation, by the same command line; returns the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        copy_lab(variation, Path(folder))
        command = [sys.executable, "-m", "lab.record", *sys.argv[1:], "--out", str(out), "--varied"]
        return subprocess.run(command, cwd=folder, check=False).returncode


def _run(stage: Stage, scenario: Scenario, faster: float) -> Run:
    stop = threading.Event()
    began, zero, lasts_s = datetime.now(UTC), time.monotonic(), scenario.lasts_s / faster
    with ThreadPoolExecutor(2) as pool:
        traffic = pool.submit(send_traffic, scenario.traffic, lasts_s, stop)
        metrics = pool.submit(sample_metrics, stage, stage.root / "metrics.csv", stop)
        try:
            steps = tuple(_take(stage, step, zero + step.at_s / faster) for step in scenario.steps)
            statuses: Counter[str] = traffic.result()
        finally:
            stop.set()
        metrics.result()
    return Run(began, datetime.now(UTC), steps, statuses)


def _take(stage: Stage, step: Step, due: float) -> tuple[datetime, Step]:
    time.sleep(max(0.0, due - time.monotonic()))
    at = datetime.now(UTC)
    print(f"{at:%H:%M:%S} {step.what}", file=sys.stderr, flush=True)
    step.act(stage)
    return at, step


if __name__ == "__main__":
    main()
