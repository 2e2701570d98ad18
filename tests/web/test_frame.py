"""The frame of every page: it escapes, it fails on what is missing, it loads nothing from elsewhere (R75)."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from permanence.web.frame import Frame, icon, security_headers, static_url, static_versions

ROOT = Path(__file__).parents[2]
WEB = ROOT / "layers/permanence/python/permanence/web"
ASSETS = WEB / "assets"
PAGES = [*(ROOT / "functions").glob("*/templates/*.html"), *(WEB / "templates").glob("*.html")]
ICON_CALL = re.compile(r"icon\(((?:[^()]|\([^()]*\))*)\)")
NAME = re.compile(r"'([a-z0-9-]+)'")


def frame_of(folder: Path, **pages: str) -> Frame:
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return Frame(folder)


def test_values_are_escaped_and_the_words_of_the_template_are_set(tmp_path: Path) -> None:
    frame = frame_of(tmp_path, page="<p>C'est dit : {{ said }} ?</p>")
    assert frame.render("page.html", said="<b> : x</b>") == "<p>C’est dit\u202f: &lt;b&gt; : x&lt;/b&gt;\u202f?</p>"


def test_a_value_is_set_when_the_template_asks_for_it(tmp_path: Path) -> None:
    frame = frame_of(tmp_path, page="{{ said|fr }}")
    assert frame.render("page.html", said="Qui ? <b>") == "Qui\u202f? &lt;b&gt;"


def test_a_missing_value_is_a_fault_not_an_empty_page(tmp_path: Path) -> None:
    frame = frame_of(tmp_path, page="{{ absent }}")
    with pytest.raises(UndefinedError):
        frame.render("page.html")


def test_sound_may_come_from_one_more_origin_and_nothing_else() -> None:
    policy = security_headers("https://s3.example")["Content-Security-Policy"]
    assert "media-src 'self' https://s3.example" in policy
    assert policy.count("https:") == 1


def test_an_icon_is_drawn_from_our_own_sprite_and_says_nothing() -> None:
    drawn = str(icon("check"))
    assert f'href="{static_url("icons.svg")}#check"' in drawn
    assert 'aria-hidden="true"' in drawn


def test_a_static_file_that_was_not_built_is_a_fault() -> None:
    with pytest.raises(KeyError):
        static_url("absent.css")


@pytest.mark.parametrize("name", ["theme.css", "modern-normalize.css", "htmx.min.js", "desk.js", "icons.svg"])
def test_the_build_holds_what_pages_load(name: str) -> None:
    assert name in static_versions()


WRITE_MAILS = ("imports", "reports")
"""Functions whose templates are mails: what reads them knows no style sheet."""


def test_pages_hold_no_style_and_no_script_of_their_own() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        if page.parent.parent.name in WRITE_MAILS:
            continue
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text), page
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), page


def test_every_icon_of_a_page_is_in_the_sprite() -> None:
    listed = set((ASSETS / "icons.txt").read_text().split())
    for page in PAGES:
        for call in ICON_CALL.findall(page.read_text("utf-8")):
            assert set(NAME.findall(re.sub(r"(?:==|in) (?:'[^']*'|\([^)]*\))", "", call))) <= listed, page


def test_the_sprite_holds_no_icon_that_no_page_draws() -> None:
    sources = [*PAGES, *(ROOT / "functions").rglob("*.py"), *WEB.parent.rglob("*.py")]
    drawn = set(re.findall(r"""["']([a-z0-9-]+)["']""", "".join(source.read_text("utf-8") for source in sources)))
    assert set((ASSETS / "icons.txt").read_text().split()) <= drawn


def test_no_template_takes_a_text_for_html() -> None:
    trusting = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [page.name for page in PAGES if trusting.search(page.read_text("utf-8"))] == []
