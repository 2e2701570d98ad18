"""What is read on a page, and whether the one filter has set it."""

from collections.abc import Iterator

from bs4 import BeautifulSoup

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
