"""From evidence to places in the repository, and from these to the commits that may have brought the incident."""

from hotfix.repair.locate.search import Located, locate

__all__ = ["Located", "locate"]
