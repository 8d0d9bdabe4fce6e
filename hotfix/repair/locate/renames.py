"""Finds columns that migrations rename: texts of migrations come in, pairs of names go out."""

import re
from collections.abc import Iterable, Mapping

_NAME = r"[\"'`\[]?(?P<{}>\w+)[\"'`\]]?"
_OLD, _NEW = _NAME.format("old"), _NAME.format("new")
_WAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bRENAME\s+(?:COLUMN\s+)?(?!TO\b){_OLD}\s+TO\s+{_NEW}",  # PostgreSQL, MySQL 8, SQLite, Oracle
        rf"\bCHANGE\s+COLUMN\s+{_OLD}\s+{_NEW}\s",  # MySQL
        rf"\bsp_rename\s+N?'(?:\w+\.)+{_OLD}?,\s*N?{_NEW}\s*,\s*N?'COLUMN'",  # SQL Server
        rf"\balter_column\(\s*[\"']\w+[\"']\s*,\s*{_OLD}[^)]*?\bnew_column_name\s*=\s*{_NEW}",  # Alembic
        rf"\bRenameField\([^)]*?\bold_name\s*=\s*{_OLD}\s*,\s*new_name\s*=\s*{_NEW}",  # Django
        rf"\brename_column[\s(]+:?\w+\s*,\s*:{_OLD}\s*,\s*:{_NEW}",  # Rails
        rf"\brenameColumn\((?:\s*[\"']\w+[\"']\s*,)?\s*{_OLD}\s*,\s*{_NEW}\s*\)",  # Knex, Sequelize, Laravel
        rf"<renameColumn\b(?=[^>]*\boldColumnName={_OLD})[^>]*\bnewColumnName={_NEW}",  # Liquibase
    )
)
"""How a column gets another name, by the documentation of each tool."""


def find_renames(texts: Iterable[str]) -> Mapping[str, str]:
    """Return old name → new name of the columns that texts rename; one that gets several names is left out."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for way in _WAYS:
            for one in way.finditer(text):
                found.setdefault(one["old"].lower(), set()).add(one["new"])
    return {old: names.pop() for old, names in found.items() if len(names) == 1}
