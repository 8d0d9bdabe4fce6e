"""A certificate authority of the lab, and certificates that end at a known second."""

import subprocess
from datetime import datetime
from pathlib import Path

_CONF = """[ca]
default_ca = lab
[lab]
dir = {folder}
new_certs_dir = $dir
database = $dir/index.txt
serial = $dir/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def make_authority(folder: Path) -> Path:
    """Makes a certificate authority in `folder`; returns the file that its clients trust."""
    folder.mkdir(parents=True)
    (folder / "ca.conf").write_text(_CONF.format(folder=folder))
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("1000\n")
    keys = ["-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt"]
    _openssl(folder, "req", "-x509", *keys, "-subj", "/CN=Shop Internal CA", "-days", "900")
    return folder / "ca.crt"


def make_certificate(folder: Path, host: str, begins: datetime, ends: datetime) -> tuple[Path, Path]:
    """Makes a certificate for `host` by the authority in `folder`; returns the files of certificate and key."""
    subject = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    _openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{host}.key", "-out", f"{host}.csr", *subject)
    dates = ["-startdate", f"{begins:%Y%m%d%H%M%SZ}", "-enddate", f"{ends:%Y%m%d%H%M%SZ}"]
    files = ["-in", f"{host}.csr", "-out", f"{host}.crt", "-cert", "ca.crt", "-keyfile", "ca.key"]
    _openssl(folder, "ca", "-batch", "-notext", "-config", "ca.conf", *dates, *files)
    for path in (folder / f"{host}.crt", folder / f"{host}.key"):
        path.chmod(0o644)  # the service runs as another user
    return folder / f"{host}.crt", folder / f"{host}.key"


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
