"""Volumes of their own: a file system in a file, so that it has a device and a size of its own."""

import subprocess
from pathlib import Path


def mount_volume(image: Path, folder: Path, size_bytes: int) -> None:
    """Makes an ext4 file system in `image` and mounts it on `folder`; both go when the recorder's mounts end."""
    with image.open("wb") as file:
        file.truncate(size_bytes)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True, capture_output=True)
    folder.chmod(0o777)  # the services run as another user
