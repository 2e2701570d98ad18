"""People at real browsers."""

from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError

from local.scenarios.telling import until

DESK = (1366, 768)
PHONE = (390, 844)
PATIENCE_MS = 30_000


@dataclass
class Browsing:
    """Each window is a browser of its own: nothing is shared. `spent` are the last codes that were typed, by address.
    `complaints` are console errors, uncaught exceptions and violations of the content security policy, of all of them.
    """

    browser: Browser
    base_url: str
    screenshots: Path
    spent: dict[str, str]
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def window(self, size: tuple[int, int] = DESK) -> Page:
        context = self.browser.new_context(
            base_url=self.base_url,
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._listen)
        context.on("weberror", self._note)
        self._contexts.append(context)
        return context.new_page()

    def signed_in(self, user: dict[str, str], path: str) -> Page:
        """A window on `path`, after the password and the one-time code that it asks for first: the next one, where this
        one has opened a session already."""
        codes, email = pyotp.TOTP(user["totp_secret"]), user["email"]
        until(lambda: codes.now() != self.spent.get(email), "next code", codes.interval + 1)
        page = self.window()
        page.goto(path)
        page.get_by_label("Adresse électronique").fill(email)
        page.get_by_label("Mot de passe").fill(user["password"])
        page.get_by_role("button", name="Continuer").click()
        self.spent[email] = codes.now()
        page.get_by_label("Code de votre application").fill(self.spent[email])
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(f"**{path}")
        return page

    def keep(self, page: Page, name: str) -> None:
        """A picture to look at beside the mock-ups, in build/screenshots."""
        page.screenshot(path=self.screenshots / f"{name}.png", full_page=True)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _note(self, problem: WebError) -> None:
        self.complaints.append(str(problem.error))
