"""Windows of one Chromium, each a browser of its own."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

from tests.face.served import SHOWN, Handle, Houses, showing
from tests.web.browser import Browser

DESK = (1366, 768)
PHONE, SMALL_PHONE = (390, 844), (320, 640)


@dataclass
class Windows:
    """`complaints` are console errors, uncaught exceptions and violations of the content security policy."""

    chromium: Chromium
    houses: Houses
    patience_ms: int
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def at(self, handle: Handle, size: tuple[int, int] = DESK, name: str = "") -> Page:
        """An empty window whose addresses begin with that of a house."""
        base = self.houses.open(handle, name)
        context = self.chromium.new_context(
            base_url=base,
            viewport={"width": size[0], "height": size[1]},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            color_scheme="light",
        )
        context.set_default_timeout(self.patience_ms)
        context.on("console", self._listen)
        context.on("weberror", self._note)
        self._contexts.append(context)
        return context.new_page()

    def showing(self, browser: Browser, size: tuple[int, int] = DESK, *, clock: bool = False) -> Page:
        """What a browser without a network has come to; with a `clock`, time on the page passes when a test says so."""
        page = self.at(showing(browser), size)
        if clock:
            page.clock.install()
        page.goto(SHOWN)
        return page

    @property
    def pages(self) -> list[Page]:
        return [page for context in self._contexts for page in context.pages]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _listen(self, message: ConsoleMessage) -> None:
        # A page that refuses something says so by its status, and the console repeats it.
        if message.type in {"error", "warning"} and "the server responded with a status of" not in message.text:
            self.complaints.append(message.text)

    def _note(self, problem: WebError) -> None:
        self.complaints.append(str(problem.error))
