"""What a person does with a keyboard alone, and what is seen of it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

WHERE = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const label = element.labels?.[0]?.innerText || element.getAttribute("aria-label");
  const name = (label || element.innerText || element.name || "").replace(/\\s+/g, " ").trim();
  const shown = [element, element.closest("label")].filter(Boolean);
  const look = () => shown.map(getComputedStyle).map((one) => one.outline + one.boxShadow + one.borderTop).join();
  const focused = look();
  element.blur();
  const alone = look();
  element.focus({ focusVisible: true, preventScroll: true });
  return { name, id: element.id, tag: element.tagName.toLowerCase(), is_marked: focused !== alone,
           is_in_sight: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
}"""


@dataclass(frozen=True)
class Stop:
    """What has the focus; marked when it looks different without it."""

    name: str
    id: str
    tag: str
    is_marked: bool
    is_in_sight: bool


def stop(page: Page) -> Stop:
    return Stop(**page.evaluate(WHERE))


def tab_to(page: Page, name: str, most: int = 60) -> Stop:
    """Tabulator until what is called so has the focus; every stop on the way shows."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = stop(page)
        assert at.is_in_sight, at
        assert at.is_marked, at
        if at.name.startswith(name):
            return at
        passed.append(at.name)
    raise AssertionError(f"{name!r} is not among {passed}")


_ELSEWHERE_IN_FRANCE = {"a": "KeyQ", "q": "KeyA", "z": "KeyW", "w": "KeyZ", "m": "Semicolon"}
_TOP_ROW = "à&é\"'(-è_ç"


def access_key(page: Page, letter: str) -> None:
    """Alt and a letter of a French keyboard, as the window system of a workstation tells it to Chromium: unlike
    Playwright's own keys, with the letter's text, which is what an access key is recognized by."""
    upper = letter.upper()
    code = _ELSEWHERE_IN_FRANCE.get(letter, f"Key{upper}")
    _press(page, {"modifiers": 1, "key": letter, "code": code, "windowsVirtualKeyCode": ord(upper)}, letter)


def top_row(page: Page, digit: str) -> None:
    """The key of a digit on a French keyboard, without Shift."""
    written = _TOP_ROW[int(digit)]
    _press(page, {"key": written, "code": f"Digit{digit}", "windowsVirtualKeyCode": ord(digit)}, written)


def numeric_pad(page: Page, digit: str, *, locked: bool) -> None:
    """Unlocked, its 1 is « End »."""
    if locked:
        _press(page, {"key": digit, "code": f"Numpad{digit}", "windowsVirtualKeyCode": 96 + int(digit)}, digit)
    else:
        _press(page, {"key": "End", "code": f"Numpad{digit}", "windowsVirtualKeyCode": 35}, "")


def _press(page: Page, known: dict[str, Any], text: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", **known, "text": text, "unmodifiedText": text})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **known})
    session.detach()
