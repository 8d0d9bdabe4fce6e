"""Healthy logs of many kinds, each from a seed: nothing in them is an incident, though much in them looks like one."""

from collections.abc import Callable, Mapping

import numpy as np

from tests.signal.incidents import Log, Times

_HOUR, _DAY = 3600.0, 86_400.0


def _rhythm(times: Times) -> Times:
    return 0.55 - 0.45 * np.cos(2 * np.pi * times)


def constant(seed: int) -> Log:
    """Ten minutes of requests, 1 % of which always fail."""
    log = Log(seed, 600)
    return log.serve(log.spread(20), 0.01)


def flawless(seed: int) -> Log:
    """Ten minutes without a single error."""
    log = Log(seed, 600)
    return log.serve(log.spread(10))


def failing_all_along(seed: int) -> Log:
    """A service that fails every third request from the first minute to the last."""
    log = Log(seed, 900)
    return log.serve(log.spread(15), 0.3)


def bursts(seed: int) -> Log:
    """An hour in which old errors come in short cascades of up to 15 records."""
    log = Log(seed, _HOUR)
    log.serve(log.spread(5))
    for start in log.spread(12 / _HOUR):
        log.write(start + np.sort(log.rng.uniform(0, 4, log.rng.integers(1, 16))), "upstream reset", "error")
    return log


def uneven_traffic(seed: int) -> Log:
    """Half an hour of traffic that doubles and halves every few seconds while 2 % of it fails."""
    log = Log(seed, 1800)
    loads = np.repeat(log.rng.gamma(2.0, 0.25, 60).clip(0, 1), 10)
    times = log.spread(30, lambda share: loads[(share * len(loads)).astype(int).clip(max=len(loads) - 1)])
    return log.serve(times, 0.02)


def a_day(seed: int) -> Log:
    """A day with the rhythm of a day, and 0.5 % errors."""
    log = Log(seed, _DAY)
    return log.serve(log.spread(0.5, _rhythm), 0.005)


def a_week(seed: int) -> Log:
    """A week with seven daily rhythms, durations that follow the load, and 1 % errors."""
    log = Log(seed, 7 * _DAY)
    times = log.spread(0.05, lambda share: _rhythm(share * 7))
    load = 1 + 0.2 * _rhythm(times / _DAY)
    return log.serve(times, 0.01, load * log.rng.lognormal(3, 0.8, len(times)))


def growing_traffic(seed: int) -> Log:
    """Twenty minutes in which traffic grows tenfold at a constant share of errors."""
    log = Log(seed, 1200)
    return log.serve(log.spread(30, lambda share: 0.1 + 0.9 * share), 0.02)


def surge(seed: int) -> Log:
    """A sudden surge to eight times the traffic; 1 % fails before, during and after."""
    log = Log(seed, 900)
    times = log.spread(40, lambda share: np.where((share > 0.4) & (share < 0.7), 1.0, 0.125))
    return log.serve(times, 0.01)


def rare_errors(seed: int) -> Log:
    """Two hours with forty kinds of errors, each of which comes a few times at random."""
    log = Log(seed, 2 * _HOUR)
    log.serve(log.spread(3))
    for kind in range(40):
        log.write(log.spread(log.rng.uniform(1, 12) / (2 * _HOUR)), f"odd failure {kind}", "error")
    return log


def heavy_tails(seed: int) -> Log:
    """Durations with a Pareto tail: single requests take a thousand times as long as usual."""
    log = Log(seed, 600)
    times = log.spread(15)
    return log.serve(times, 0.0, 10 * (1 + log.rng.pareto(1.3, len(times))))


def wandering_latency(seed: int) -> Log:
    """Durations that drift up and down by a third over minutes, as load does."""
    log = Log(seed, 1800)
    times = log.spread(10)
    drift = np.cumsum(log.rng.normal(0, 0.15, 61))
    level = 0.3 * np.tanh(np.interp(times, np.linspace(0, 1800, 61), drift))
    return log.serve(times, 0.0, np.exp(level) * log.rng.lognormal(3, 0.6, len(times)))


def edges(seed: int) -> Log:
    """Start-up lines, start-up errors while a database wakes, and shutdown lines around steady traffic."""
    log = Log(seed, 300)
    times = log.spread(10)
    log.serve(times[(times > 5) & (times < 295)], 0.005)
    log.write(np.linspace(0, 4, 40), "loading module").write(np.linspace(1, 5, 6), "database not ready", "error")
    return log.write(np.linspace(296, 299, 30), "closing connection")


def few_records(seed: int) -> Log:
    """A log of a few dozen records, some of them errors."""
    log = Log(seed, 600)
    return log.serve(log.spread(0.08), 0.15)


def many_messages(seed: int) -> Log:
    """Four services with a hundred messages each, common and rare, one in ten of them errors."""
    log = Log(seed, 900)
    weights = 1 / np.arange(1, 101)
    for service in ("api", "web", "auth", "queue"):
        times = log.spread(8)
        kinds = log.rng.choice(100, size=len(times), p=weights / weights.sum())
        for kind in np.unique(kinds):
            level = "error" if kind % 10 == 9 else "info"
            log.write(times[kinds == kind], f"{service} message {kind}", level, service)
    return log


def timers(seed: int) -> Log:
    """A job that speaks every five minutes beside traffic, with a retry warning now and then."""
    log = Log(seed, 2 * _HOUR)
    log.serve(log.spread(2), 0.01)
    for start in np.arange(30, 2 * _HOUR, 300):
        log.write(start + np.arange(8) * 0.3, "job step", service="batch")
    return log.write(log.spread(10 / _HOUR), "retrying", "warn", "batch")


def novelties(seed: int) -> Log:
    """Messages that appear once, at a random moment, among them a single error."""
    log = Log(seed, 600)
    log.serve(log.spread(10), 0.005)
    for kind in range(10):
        log.write(log.rng.uniform(0, 600, 1), f"said once {kind}")
    return log.write(log.rng.uniform(0, 600, 1), "failed once", "error")


def errors_only(seed: int) -> Log:
    """An error log alone: errors at a constant, slightly clustered rate and nothing else."""
    log = Log(seed, _HOUR)
    for start in log.spread(200 / _HOUR):
        log.write(start + log.rng.uniform(0, 1, log.rng.integers(1, 4)), "client closed connection", "error")
    return log


def chatty_start(seed: int) -> Log:
    """A service that writes for half a minute while it starts, and then has nothing to say."""
    log = Log(seed, 600)
    return log.serve(log.spread(10)).write(np.sort(log.rng.uniform(0, 30, 120)), "wiring parts", service="quiet")


def dark_nights(seed: int) -> Log:
    """A week in which every night is empty: nobody uses the service."""
    log = Log(seed, 7 * _DAY)
    return log.serve(log.spread(0.1, lambda share: (-np.cos(2 * np.pi * 7 * share)).clip(0, 1)), 0.01)


def restart(seed: int) -> Log:
    """A restart of four seconds in which callers fail, with start-up lines before and after."""
    log = Log(seed, 600)
    times = log.spread(10)
    log.serve(times[(times < 300) | (times > 304)], 0.005)
    for start in (0, 304):
        log.write(start + np.sort(log.rng.uniform(0, 2, 12)), "starting")
    calls = log.spread(12)
    return log.serve(calls, np.where((calls > 300) & (calls < 304), 0.8, 0.002), service="web")


HEALTHY: Mapping[str, Callable[[int], Log]] = {
    make.__name__: make
    for make in (
        constant,
        flawless,
        failing_all_along,
        bursts,
        uneven_traffic,
        a_day,
        a_week,
        growing_traffic,
        surge,
        rare_errors,
        heavy_tails,
        wandering_latency,
        edges,
        few_records,
        many_messages,
        timers,
        novelties,
        errors_only,
        chatty_start,
        dark_nights,
        restart,
    )
}
