"""What is read on a page, and whether the one filter has set it."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup

from permanence.domain.french_names import elided
from permanence.web.formats import typography

BLOCKS = (
    *("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "label", "legend", "caption", "summary", "button", "a"),
    *("option", "title", "text", "desc", "blockquote"),
)
ONLY_TOLD = ("aria-label", "title", "placeholder", "alt")
"""Attributes that people meet without seeing them."""


def not_set(page: str) -> list[str]:
    """The blocks of a page that French type would change: a straight apostrophe, a space that breaks or is missing."""
    return [words for words in _words(page) if typography(words) != words]


def _words(page: str) -> Iterator[str]:
    soup = BeautifulSoup(page, "html.parser")
    for typed in soup.find_all(["textarea", "script", "style"]):
        typed.extract()
    for block in soup.find_all(BLOCKS):
        yield block.get_text()
    for tag in soup.find_all(True):
        yield from (str(tag[name]) for name in ONLY_TOLD if tag.get(name))


_SMALL_WORD = re.compile(r"\b(de|que) ([^\W\d_][\w’'-]*)", re.IGNORECASE)
_ARTICLE_LEFT = re.compile(r"\b(?:de|à) Les? (?=[A-ZÀ-Ý])")
_STREET = re.compile(r"(?:rue|avenue|boulevard|place|impasse|chemin|allée|cours|quai|route|square|lieu-dit) [A-ZÀ-Ý]")


def not_elided(page: str) -> list[str]:
    """« de Héricourt », « de août », « de Le Magny »: what French would say in another way."""
    found = []
    for words in _words(page):
        text = words.replace("\u00a0", " ")
        found += [m[0] for m in _SMALL_WORD.finditer(text) if elided(m[1], m[2]) != f"{m[1]} {m[2]}"]
        found += _ARTICLE_LEFT.findall(text)
    return found


def small_streets(page: str) -> list[str]:
    """The lines that begin with a street without its capital."""
    soup = BeautifulSoup(page, "html.parser")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    lines = (line.strip() for block in soup.find_all(BLOCKS) for line in block.get_text().splitlines())
    return [line for line in lines if _STREET.match(line)]
