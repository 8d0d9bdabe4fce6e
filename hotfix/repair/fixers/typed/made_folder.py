"""Makes the folder into which a file is written (Java), and leaves one that is there already."""

from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import find_statement, is_plain, list_children, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_WRITES = {
    "write": 0,
    "writeString": 0,
    "newBufferedWriter": 0,
    "newOutputStream": 0,
    "createFile": 0,
    "copy": 1,
    "move": 1,
}


def fix_made_folder(trouble: Trouble) -> Iterator[Fix]:
    """Yield the making of the folder before the statement that failed."""
    lacks, there = trouble.exception == "NoSuchFileException", trouble.exception == "FileAlreadyExistsException"
    for node in trouble.nodes if lacks or there else ():
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or not trouble.lies_in(node):
            continue
        if holder.text().rpartition(".")[2] != "Files":
            continue
        if there and name.text() == "createDirectory":
            yield _say(
                trouble, trouble.source.with_text(replace_node(trouble.source.text, name, "createDirectories")).text
            )
        place, statement = _WRITES.get(name.text()), find_statement(node)
        target = given[place] if place is not None and len(given) > place else None
        line = trouble.source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
        if (
            not lacks
            or target is None
            or statement is None
            or not starts_its_line(statement, line)
            or not is_plain(target)
        ):
            continue
        first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
        fresh = f"{indent}{holder.text()}.createDirectories({describe(target)}.toAbsolutePath().getParent());"
        yield _say(trouble, replace_lines(trouble.source, first, first - 1, [fresh]).text)
        return


def _say(trouble: Trouble, text: str) -> Fix:
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"The folder need not be there, or is already, at {trouble.place}; it is made where it is missing.",
        measures=("a folder that is there stays as it is", "no log line: a first file is ordinary"),
    )
