"""What changed in the world: releases, settings, packages, flags, migrations, restarts, commits, each with its place.

Comes in: the logs, files beside them, a list of deploys, a repository. Goes out: `FoundDeploys`. One module per source;
`merging` makes one deploy of what several sources tell. Which deploy fits which change, `signal.correlation` says.
"""

from collections.abc import Callable

from hotfix.core.errors import InputError
from hotfix.core.facts import Place
from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.sources import read_lines_at
from hotfix.signal.deploys.contract import DeployRequest, FoundDeploys, Sighted
from hotfix.signal.deploys.listing import read_listing
from hotfix.signal.deploys.logs import find_in_logs, list_services
from hotfix.signal.deploys.merging import keep_near, merge_sightings, name_versions_before, number_deploys
from hotfix.signal.deploys.packages import group_packages, read_packages
from hotfix.signal.deploys.repository import is_git_place, open_git_place, read_repository
from hotfix.signal.deploys.thinning import thin_out

__all__ = ["DeployRequest", "FoundDeploys", "find_deploys", "open_places"]

_LISTS = ("deploys.", "changes.")


def find_deploys(request: DeployRequest) -> FoundDeploys:
    """Return everything that changed in the world around the time of the logs.

    Raises:
        InputError: the list of deploys holds no readable row, the repository is none.
    """
    services = list_services(request.digest)
    found = find_in_logs(request, services)
    if request.deploys_file is not None:
        found += _read_named_list(request.deploys_file, request)
    packages = Sighted()
    for file in request.side_files:
        if file.path.name.lower().startswith(_LISTS):
            found += read_listing(file, request.first)
        else:
            packages += read_packages(file, request.last)
    if request.repo is not None:
        found += read_repository(request.repo, request.first, request.last, list(services))
    near, far = keep_near(name_versions_before(found.sightings), request.first, request.last)
    near_packages, far_packages = keep_near(packages.sightings, request.first, request.last)
    merged = merge_sightings([*near, *group_packages(near_packages, list(services))])
    kept, thinned = thin_out(merged)
    return FoundDeploys(
        deploys=number_deploys(kept),
        skipped=found.skipped + packages.skipped,
        notes=(*found.notes, *packages.notes, *far, *far_packages, *thinned),
    )


def open_places(request: DeployRequest) -> Callable[[Place], str]:
    """Return the function that opens every place of the deploys and of the logs: verbatim text of its lines."""
    listed = request.deploys_file

    def open_text(place: Place) -> str:
        if is_git_place(place):
            return open_git_place(place)
        if listed is not None and place.file == listed.shown:
            return read_lines_at(listed, place.line, place.end_line, ())
        return request.open_text(place)

    return open_text


def _read_named_list(file: SourceFile, request: DeployRequest) -> Sighted:
    """Read the list that the user named; when nothing in it can be read, that is an error and no silence."""
    found = read_listing(file, request.first)
    if found.skipped and not found.sightings:
        first = found.skipped[0]
        raise InputError(f"--deploys: nothing could be read: {first.where}: {first.reason}")
    return found
