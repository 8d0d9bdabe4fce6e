"""Tells that a service is one replica of another: files with their services come in, whose replica each is goes out.

A program that runs several times calls itself ``cart-2``, or ``cart-green``, while its server or its own files beside
say ``cart``. To the analysis they are one service, ``cart``, on the hosts ``cart-2`` and ``cart-green``.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

import polars as pl

from hotfix.core.facts import InputFile
from hotfix.signal.series import name_service

_NUMBERED = re.compile(r"(?P<name>.*[A-Za-z])[-_.]\d{1,4}")
_BESIDE = re.compile(r"(?P<name>.*[A-Za-z\d])[-_.][A-Za-z\d]+")


def find_replicas(files: Sequence[InputFile]) -> Mapping[str, str]:
    """Return the service of each replica by the replica's name.

    A numbered name is a replica when the name without its number is a service too. Any other ending makes one when the
    folder that is called so holds a file of that service.
    """
    named = [(PurePath(file.path).parent.name, file.service) for file in files if file.service is not None]
    services = {service for _, service in named}
    beside = {(folder, service) for folder, service in named}
    found: dict[str, str] = {}
    for service in sorted(services):
        number, ending = _NUMBERED.fullmatch(service), _BESIDE.fullmatch(service)
        if number and number["name"] in services:
            found[service] = number["name"]
        elif ending and (service, ending["name"]) in beside and (service, service) in beside:
            found[service] = ending["name"]
    return {replica: found.get(service, service) for replica, service in found.items()}


def name_owner(replicas: Mapping[str, str]) -> pl.Expr:
    """Return the expression that gives each record its service: where a replica wrote it, whose replica that is."""
    service = owner = name_service()
    for replica, name in replicas.items():  # polars would hold all records at once to replace by a table
        owner = pl.when(service == replica).then(pl.lit(name)).otherwise(owner)
    return owner.alias("service")


def name_replicas(replicas: Mapping[str, str]) -> tuple[pl.Expr, ...]:
    """Return the expressions that give each record its service, and its host where a replica of it wrote it."""
    if not replicas:
        return (name_owner(replicas),)
    told = pl.when(name_service().is_in(sorted(replicas))).then(name_service())
    return name_owner(replicas), pl.coalesce(pl.col("host").cast(pl.String), told).alias("host")
