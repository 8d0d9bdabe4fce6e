"""A new version of a Node service runs on one canary replica only, and reads the name of authors who have left."""

from lab.programs import Command
from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, REVIEWS, stray
from lab.stage import Stage
from lab.traffic import Request, Route, Traffic

_RELEASES = (
    Release("5.0.3", "Answer 404 to paths that are not ours", hours_ago=333),
    Release(
        "5.1.0",
        "Show who wrote a review",
        (
            Edit(
                "render.js",
                "  return { id: review.id, stars: review.stars, text: review.text };\n",
                "  return {\n    id: review.id,\n    stars: review.stars,\n    text: review.text,\n"
                "    by: review.author.name.split(' ')[0],\n  };\n",
            ),
        ),
        hours_ago=7,
    ),
)
_ROUTES = (
    Route(60, lambda rng: Request("GET", f"/reviews/{rng.randrange(1000, 1400)}")),
    Route(1, stray),
    Route(1, lambda rng: Request("GET", f"/reviews/SKU-{rng.randrange(1000, 1400)}")),
)


def _start(stage: Stage, number: int, version: str) -> None:
    name, port = f"reviews-{number}", 3000 + number
    release = stage.root / "reviews" / "releases" / version
    env = {"HOST": REVIEWS, "PORT": str(port), "NAME": name, "NODE_ENV": "production"}
    log = stage.make_log_folder(name) / "reviews.log"
    stage.start(Command(name, ("node", str(release / "server.js")), stage.root, log, env), REVIEWS, port)


def _build(stage: Stage) -> None:
    stage.make_service("reviews", _RELEASES)
    stage.install("reviews", "5.0.3")
    for number in (1, 2, 3):
        _start(stage, number, "5.0.3")
    write_nginx(
        stage, {"reviews": tuple(f"{REVIEWS}:{3000 + number}" for number in (1, 2, 3))}, {"/reviews/": "reviews"}
    )
    start_nginx(stage)


def _deploy_canary(stage: Stage) -> None:
    stage.install("reviews", "5.1.0")
    stage.stop("reviews-3")
    _start(stage, 3, "5.1.0")


SCENARIO = Scenario(
    name="node-null-on-canary",
    title="A null dereference on one canary replica of a Node service",
    shows=(
        "Release 5.1.0 of `reviews` runs on the replica `reviews-3` only and shows who wrote a review; authors who "
        "have left are null. About a third of the answers of that replica fail, a tenth of all."
    ),
    lasts_s=660,
    needs=("nginx", "node"),
    build=_build,
    traffic=Traffic(EDGE, 80, _ROUTES, lambda _: 4.6, seed=75),
    steps=(
        Step(240, "access log rotated", rotate_nginx),
        Step(439, "reviews 5.1.0 deployed to reviews-3", _deploy_canary, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="reviews",
        replica="reviews-3",
        category="null_reference",
        statement="reviews 5.1.0, on the canary reviews-3 only, reads the name of an author who is null",
        onset=FirstRecord("reviews-3/reviews.log", r'"msg":"request failed"'),
        trigger=Trigger("release", "reviews", "version", "5.0.3", "5.1.0"),
        place=Place("render.js", "by: review.author.name", "5.1.0"),
        clues=("5.1.0", "reviews-3", "render.js"),
        victims=("nginx",),
        innocent=("reviews-1", "reviews-2"),
    ),
)
