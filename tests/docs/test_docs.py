"""The documents say what is there: paths, tests, links, names and requirements that a reader can follow."""

import inspect
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from call_webhook.handler import ROUTES
from infra.settings import ROOT
from permanence.application.reception.telephony_urls import TelephonyUrls

PACKAGE = ROOT / "layers" / "permanence" / "python" / "permanence"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
REQUIREMENTS = ROOT / "docs" / "requirements.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = ("layers", "functions", "infra", "contracts", "local", "bench")
CODE_SUFFIXES = frozenset({".py", ".toml", ".html", ".txt", ".js", ".css", ".sh"})
# Where a document may name a path from; what `make` builds is in no clone.
FROM = (ROOT, PACKAGE, ROOT / "docs", ROOT / "tests")
BUILT = ("build/", "cdk.out", "node_modules/")

CODE_SPAN = re.compile(r"`([^`\n]+)`")
A_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?")
A_TEST = re.compile(r"([\w/]+\.py)::(\w+)")
A_TEST_NAME = re.compile(r"(test_\w+)(…?)")
A_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
A_REQUIREMENT = re.compile(r"\bR(?:[1-9]|[1-8]\d|9[0-8])a?\b")
A_ROW = re.compile(r"^\| (R\d+a?) \| (.+?) \| (.+?) \|", re.MULTILINE)
AN_ADDRESS = re.compile(r"^\| `(/telephony/[\w/-]+)` \| (.*?) ?\|", re.MULTILINE)
OUTSIDE = re.compile(r"\.\./\.\./\.\./|\.\./shared|(?<![\w.])/(?:home|root|tmp|work)/\w")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def spans(document: Path) -> Iterator[str]:
    prose = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    yield from CODE_SPAN.findall(prose)


@cache
def known_tests() -> dict[str, set[str]]:
    """Each test, or state machine of tests, with the files that hold it."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / "tests").rglob("test_*.py"):
        for name in re.findall(r"^(?:async )?def (test_\w+)|^(Test\w+) =", file.read_text(), re.MULTILINE):
            found.setdefault(name[0] or name[1], set()).add(file.relative_to(ROOT / "tests").as_posix())
    return found


@cache
def code() -> dict[str, str]:
    files = (file for folder in CODE for file in sorted((ROOT / folder).rglob("*")))
    return {name_of(file): file.read_text() for file in files if file.suffix in CODE_SUFFIXES}


def requirements() -> dict[str, str]:
    """Each requirement with its state."""
    return {number: state for number, _, state in A_ROW.findall(REQUIREMENTS.read_text())}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    named = {span for span in spans(document) if A_PATH.fullmatch(span) and not span.startswith(BUILT)}
    assert [path for path in sorted(named) if not any((start / path).exists() for start in FROM)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = [link for link in A_LINK.findall(document.read_text()) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    known = known_tests()
    for span in spans(document):
        if told := A_TEST.fullmatch(span):
            assert told[1] in known.get(told[2], ()), span
        elif told := A_TEST_NAME.fullmatch(span):
            assert any(name == told[1] or (told[2] and name.startswith(told[1])) for name in known), span


def test_what_stands_is_held_by_a_test() -> None:
    rows = [line for line in REQUIREMENTS.read_text().splitlines() if A_ROW.match(line)]
    held = {line.split(" | ")[0].removeprefix("| ") for line in rows if A_TEST.search(line)}
    owed = {number for number, state in requirements().items() if state.startswith(("stands", "partly"))}
    assert owed - held == set()


def test_every_requirement_has_one_row_and_a_state() -> None:
    numbers = [number for number, _, _ in A_ROW.findall(REQUIREMENTS.read_text())]
    assert len(numbers) == len(set(numbers))
    assert [
        n for n, s in requirements().items() if not s.startswith(("stands", "partly: ", "later", "not software"))
    ] == []


def test_every_requirement_that_code_or_a_document_cites_is_in_the_list() -> None:
    texts = code() | {name_of(document): document.read_text() for document in DOCUMENTS}
    cited = {(number, name) for name, text in texts.items() for number in A_REQUIREMENT.findall(text)}
    assert sorted((number, name) for number, name in cited if number not in requirements()) == []


def test_no_file_leads_outside_the_repository() -> None:
    texts = code() | {name_of(document): document.read_text() for document in DOCUMENTS}
    assert {name: told[0] for name, text in texts.items() if (told := OUTSIDE.search(text))} == {}


def test_the_glossary_names_what_the_code_names() -> None:
    words = set(re.findall(r"\w+", "\n".join(text for name, text in code().items() if name.startswith("layers/"))))
    rows = [line.split(" | ")[1] for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if " | " in line]
    named = {part for row in rows for span in CODE_SPAN.findall(row) for part in span.split(".")}
    assert named - words == set()


def test_the_architecture_page_names_every_function_and_every_layer() -> None:
    named = set(spans(ARCHITECTURE))
    functions = {folder.name for folder in (ROOT / "functions").iterdir() if (folder / "handler.py").exists()}
    layers = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert functions <= named
    assert layers <= {Path(span).name for span in named}


@pytest.mark.parametrize("layer", ["application", "domain"])
def test_the_picture_shows_the_rooms_as_they_are(layer: str) -> None:
    (picture,) = re.findall(r"```mermaid\n(.*?)```", ARCHITECTURE.read_text(), re.DOTALL)
    drawn = {told.removesuffix(".py") for told in re.findall(rf'\b{layer}_\w+\["([\w.]+)"\]', picture)}
    knows = what_each_room_knows(layer)
    assert drawn == knows.keys()

    arrows = {room: set[str]() for room in drawn}
    for line in picture.splitlines():
        path = re.findall(rf"\b{layer}_(\w+)", line)
        for start, end in pairwise(path):
            arrows[start].add(end)
    assert [(start, end) for start, ends in arrows.items() for end in ends - knows[start]] == []
    hidden = [(room, known) for room in drawn for known in knows[room] if known not in reached(arrows, room)]
    assert hidden == []


def test_every_room_of_the_use_cases_has_its_sentence() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ", ARCHITECTURE.read_text(), re.MULTILINE)
    told = {name for row in rows for name in CODE_SPAN.findall(row)}
    assert rooms_of("application") <= told


def rooms_of(layer: str) -> set[str]:
    return {folder.name for folder in (PACKAGE / layer).iterdir() if (folder / "__init__.py").exists()}


def what_each_room_knows(layer: str) -> dict[str, set[str]]:
    """Other rooms of the layer that a room imports; the contract of the domain is one of them."""
    rooms = rooms_of(layer) | {file.stem for file in (PACKAGE / layer).glob("contract.py")}
    imported = re.compile(rf"^from permanence\.{layer}(?:\.(\w+)\S*)? import (.*)", re.MULTILINE)
    knows = {room: set[str]() for room in rooms}
    for room in rooms:
        for file in [*(PACKAGE / layer / room).rglob("*.py"), *(PACKAGE / layer).glob(f"{room}.py")]:
            for named, names in imported.findall(file.read_text()):
                knows[room] |= {named, *re.findall(r"\w+", "" if named else names)} & rooms - {room}
    return knows


def reached(arrows: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(arrows[start])
    while waiting:
        room = waiting.pop()
        if room not in found:
            found.add(room)
            waiting += arrows[room]
    return found


def test_the_telephony_page_tells_every_address_with_its_query() -> None:
    values = {"born": datetime(2026, 11, 21, tzinfo=UTC), "attempt": 1, "heard": 0}
    queries: dict[str, set[str]] = {path: set() for path in ROUTES}
    urls = TelephonyUrls("https://permanence.example")
    # Asked of the class: Python 3.11.2 cannot list the members of an object with slots.
    for name in (name for name, _ in inspect.getmembers(TelephonyUrls, inspect.isfunction)):
        if not name.startswith("_"):
            write = getattr(urls, name)
            address = urlsplit(
                write(**{given: values.get(given, "x") for given in inspect.signature(write).parameters})
            )
            queries[address.path] = set(parse_qs(address.query))
    page = (ROOT / "docs" / "telephony.md").read_text()
    assert {path: set(CODE_SPAN.findall(query)) for path, query in AN_ADDRESS.findall(page)} == queries
