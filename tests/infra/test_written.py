"""What two may write and read at once: halves of the tests, syntheses side by side."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.written import write_package

FILES = {"__init__.py": b"", "page.css": b"a" * 200_000}


def test_a_package_holds_what_was_written_last_and_nothing_else(tmp_path: Path) -> None:
    write_package(tmp_path / "package", {"gone.css": b"", "page.css": b"old"})
    write_package(tmp_path / "package", FILES)
    assert {file.name: file.read_bytes() for file in (tmp_path / "package").iterdir()} == FILES


def test_a_file_that_has_not_changed_is_not_touched(tmp_path: Path) -> None:
    write_package(tmp_path / "package", FILES)
    before = (tmp_path / "package" / "page.css").stat()
    write_package(tmp_path / "package", FILES)
    after = (tmp_path / "package" / "page.css").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_whoever_reads_meanwhile_reads_a_whole_file(tmp_path: Path) -> None:
    bodies = (b"a" * 200_000, b"b" * 200_000)
    write_package(tmp_path / "package", {"page.css": bodies[0]})
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(
            lambda: [write_package(tmp_path / "package", {"page.css": bodies[n % 2]}) for n in range(50)]
        )
        seen = set()
        while not writing.done():
            seen.add((tmp_path / "package" / "page.css").read_bytes())
    assert seen <= set(bodies)
