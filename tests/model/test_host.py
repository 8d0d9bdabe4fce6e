"""What a container leaves for a model."""

from pathlib import Path

from hotfix.model.host import count_threads, find_free_memory, read_group_memory


def test_container_leaves_its_limit_less_what_it_cannot_let_go_of(tmp_path: Path) -> None:
    """Files that the container read count as free again; without a limit nothing is known."""
    for name, text in (("max", "1000\n"), ("current", "700\n"), ("stat", "anon 300\ninactive_file 250\nfile 400\n")):
        (tmp_path / f"memory.{name}").write_text(text)
    assert read_group_memory(tmp_path) == 550
    (tmp_path / "memory.max").write_text("max\n")
    assert read_group_memory(tmp_path) is None
    assert read_group_memory(tmp_path / "none") is None


def test_host_keeps_a_processor_and_its_memory() -> None:
    """At least one thread is used, and free memory is less than there is."""
    assert count_threads() >= 1
    free = find_free_memory()
    assert free is None or free > 0
