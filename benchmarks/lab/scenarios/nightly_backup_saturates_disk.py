"""A backup writes to the database's own volume, at intervals, and commits wait behind it."""

import os

from lab.limits import bound_writes, share_writes
from lab.programs import Command
from lab.repository import SERVICES
from lab.runs.nginx import rotate_nginx
from lab.runs.postgres import HOST
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic
from lab.volumes import mount_volume

_MB = 1024 * 1024
_VOLUME_BYTES = 1500 * _MB
_WRITES_BYTES_S = 8 * _MB  # what a small volume of a cloud gives
_UPLOADS, _UPLOAD_BYTES = 40, 8 * _MB
_EVERY_S = 110


def _build(stage: Stage) -> None:
    volume = stage.make_folder("postgresql")
    mount_volume(stage.root / "run" / "volume.img", volume, _VOLUME_BYTES)
    uploads = stage.make_folder("postgresql/uploads")
    for number in range(_UPLOADS):
        (uploads / f"{number:04}.pdf").write_bytes(os.urandom(_UPLOAD_BYTES))
    os.sync()
    open_orders(stage, fsync="on")
    bound_writes(stage, ("postgresql",), volume, _WRITES_BYTES_S)


def _start_backup(stage: Stage) -> None:
    script = stage.root / "etc" / "backup.sh"
    script.write_text((SERVICES / "backup.sh").read_text())
    log = stage.make_log_folder("backup") / "backup.log"
    url = f"postgresql://orders:orders@{HOST}/orders"
    target = stage.make_folder("postgresql/backup")
    argv = ("bash", str(script), str(_EVERY_S), url, str(stage.root / "postgresql" / "uploads"), str(target))
    stage.start(Command("backup", argv, stage.root, log))
    share_writes(stage, "backup", "postgresql")


SCENARIO = Scenario(
    name="nightly-backup-saturates-disk",
    title="A periodic backup saturates the disk that the database writes to",
    shows=(
        "`backup` dumps the database and archives 320 MB of uploads every 110 s, for about 42 s each time, onto the "
        "volume of PostgreSQL, which takes 8 MB/s. Commits wait behind its writes for up to 16 s: all threads of "
        "`orders` are taken and nginx gives up after 10 s, in the windows of the backup only. Release 2.14.1 of "
        "`orders`, half a minute before the first window, is harmless."
    ),
    lasts_s=722,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 6.0, seed=85),
    steps=(
        Step(120, "access log rotated", rotate_nginx),
        Step(218, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(250, "the first of the backups begins, one every 110 s from now on", _start_backup, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="backup",
        category="disk_io_saturation",
        shape="intermittent",
        statement="backup writes 320 MB to the volume of postgresql every 110 s; commits of orders wait behind it",
        onset=FirstRecord("nginx/error.log", r"upstream timed out"),
        trigger=Trigger("job", "backup", "nightly-full", "not running", "every 110 s"),
        clues=("nightly-full", "started", "COMMIT"),
        victims=("postgresql", "orders", "nginx"),
        innocent=("2.14.1",),
    ),
)
