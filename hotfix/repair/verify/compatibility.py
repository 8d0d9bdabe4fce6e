"""Backwards compatibility: with recorded good input the program does after the patch what it did before."""

from collections.abc import Sequence

from hotfix.repair.sandbox.contract import Ground, Outcome
from hotfix.repair.verify.contract import Category, CategoryResult, CompatibleCase, Proof, Status
from hotfix.repair.verify.workbench import Workbench, prove

_NONE_GIVEN = (
    "No recorded good input is given, so nobody has seen old data or an old client meet the patch; "
    "name some in hotfix.toml as [[test.compatible]]."
)


def check_compatibility(bench: Workbench, cases: Sequence[CompatibleCase]) -> CategoryResult:
    """Return whether exit code and output are the same without and with the patch, for every case.

    Each case runs twice without the patch. Where the output differs then already, only the exit code is compared.
    """
    if not cases:
        return CategoryResult(Category.COMPATIBILITY, Status.NOT_VALIDATED, _NONE_GIVEN)
    notes: list[str] = []
    broken: list[tuple[CompatibleCase, tuple[Proof, Proof]]] = []
    compared, seconds = 0, 0.0
    for case in cases:
        first, second, after = (_run(bench, ground, case) for ground in (bench.base, bench.base, bench.patched))
        seconds += first.seconds + second.seconds + after.seconds
        if not (first.passed and second.passed):
            notes.append(f"{case.name!r} fails without the patch ({first.describe()}): it is no good input.")
            continue
        compared += 1
        steady = first.output == second.output
        if not steady:
            notes.append(
                f"The output of {case.name!r} differs between two runs of the same code: exit codes alone count."
            )
        if not after.passed or (steady and after.output != first.output):
            broken.append((case, (prove(f"{case.name}, without the patch", first), prove("with the patch", after))))
    command = "; ".join(case.command for case in cases)
    if broken:
        names = ", ".join(repr(case.name) for case, _ in broken)
        detail = f"{len(broken)} of {compared} recorded inputs are treated otherwise with the patch: {names}."
        proofs = tuple(proof for _, pair in broken for proof in pair)
        return CategoryResult(Category.COMPATIBILITY, Status.FAILED, detail, command, seconds, tuple(notes), proofs)
    if not compared:
        detail = "None of the recorded inputs works without the patch, so nothing can be compared."
        return CategoryResult(Category.COMPATIBILITY, Status.NOT_VALIDATED, detail, command, seconds, tuple(notes))
    detail = f"All of {compared} recorded inputs give the same exit code and output without and with the patch."
    status = Status.NOTED if notes else Status.PASSED
    return CategoryResult(Category.COMPATIBILITY, status, detail, command, seconds, tuple(notes))


def _run(bench: Workbench, ground: Ground, case: CompatibleCase) -> Outcome:
    return bench.run(ground, case.command, files=case.files, stdin=case.stdin)
