"""A person at a web page, without a browser: opens pages, fills in the forms and presses the buttons that are there."""

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx
import pyotp
from bs4 import BeautifulSoup, Tag

from local.scenarios.telling import PATIENCE_S, until


class NotOnThePage(LookupError):
    """The page does not offer what the person looks for."""


def mission_link(sms: str) -> str:
    """The address of a mission in the words of its SMS."""
    return next(word for word in sms.split() if "/m/" in word)


@dataclass
class Visitor:
    """`base_url` may name a host under ``.localhost``; the connection goes to the loopback address with that Host."""

    base_url: str
    cookies: dict[str, str] = field(default_factory=dict)
    url: str = ""
    status: int = 0
    page: BeautifulSoup = field(default_factory=lambda: BeautifulSoup("", "html.parser"))

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        self._host = parts.netloc
        self._origin = f"{parts.scheme}://{parts.netloc}"
        # Nothing is kept open between two pages: a visitor leaves without saying so.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(
            base_url=f"{parts.scheme}://127.0.0.1:{parts.port}", timeout=PATIENCE_S, limits=limits
        )

    @property
    def text(self) -> str:
        """What the page says, white space folded."""
        return " ".join(self.page.get_text(" ").split())

    def open(self, path: str) -> "Visitor":
        return self._go("GET", urljoin(self.url or f"{self._origin}/", path))

    def post(self, path: str, **fields: str) -> "Visitor":
        """What no page offers: a form of one's own making."""
        return self._go(
            "POST", urljoin(self.url or f"{self._origin}/", path), {name: [value] for name, value in fields.items()}
        )

    def offers(self, action: str) -> bool:
        """Whether the page has a form or a button that leads to an action (the end of its path)."""
        return any(
            str(control.get("action") or control.get("formaction") or "").endswith(action)
            for control in self.page.find_all(["form", "button"])
        )

    @property
    def labels(self) -> list[str]:
        """What stands beside the fields of the page, white space folded."""
        return [" ".join(label.get_text(" ").split()) for label in self.page.find_all("label")]

    def value(self, name: str) -> str | None:
        """What a field of the page holds, None when there is no such field."""
        field_ = self.page.find("input", attrs={"name": name})
        return str(field_.get("value", "")) if isinstance(field_, Tag) else None

    def press(self, words: str, to: str = "", **fields: str) -> "Visitor":
        """Submit the form of the first button that says `words` and leads to `to` (the end of a path), with `fields`
        filled in by name."""
        button, form = self._button(words, to)
        data = self._filled_in(form, button, fields)
        action = urljoin(self.url, str(button.get("formaction") or form.get("action") or ""))
        if str(form.get("method", "get")).lower() == "get":
            return self._go("GET", str(httpx.URL(action).copy_merge_params(data)))
        return self._go("POST", action, data)

    def sign_in(self, email: str, password: str, totp_secret: str) -> "Visitor":
        self.open("/connexion")
        self._go("POST", self._action("password"), self._fields("password", email=email, password=password))
        codes = pyotp.TOTP(totp_secret)
        code = codes.now()
        self._go("POST", self._action("code"), self._fields("code", code=code))
        if self.value("code") is not None:
            # Spent a moment ago, by the same person elsewhere: as the page says, the next one.
            until(lambda: codes.now() != code, "next code")
            self._go("POST", self._action("code"), self._fields("code", code=codes.now()))
        return self

    def _button(self, words: str, to: str) -> tuple[Tag, Tag]:
        for button in self.page.find_all("button"):
            form = self.page.find("form", id=button["form"]) if button.has_attr("form") else button.find_parent("form")
            if words not in " ".join(button.get_text(" ").split()) or not isinstance(form, Tag):
                continue
            if str(button.get("formaction") or form.get("action") or "").endswith(to):
                return button, form
        raise NotOnThePage(f"no button « {words} » on {self.url}: {self.text[:400]}")

    def _form_with(self, name: str) -> Tag:
        control = self.page.find("input", attrs={"name": name})
        form = control.find_parent("form") if isinstance(control, Tag) else None
        if form is None:
            raise NotOnThePage(f"no field {name} on {self.url}: {self.text[:400]}")
        return form

    def _action(self, name: str) -> str:
        return urljoin(self.url, str(self._form_with(name).get("action") or ""))

    def _fields(self, name: str, **fields: str) -> dict[str, list[str]]:
        return self._filled_in(self._form_with(name), None, fields)

    def _filled_in(self, form: Tag, pressed: Tag | None, fields: dict[str, str]) -> dict[str, list[str]]:
        """What a browser would send: the successful controls of the form, with the person's entries in their place."""
        controls = form.find_all(["input", "textarea", "select"])
        if form.has_attr("id"):
            controls += self.page.find_all(["input", "textarea", "select"], attrs={"form": form["id"]})
        data: dict[str, list[str]] = {}
        offered: set[str] = set()
        for control in controls:
            name = str(control.get("name") or "")
            if not name or control.has_attr("disabled"):
                continue
            offered.add(name)
            if control.name == "select":
                chosen = control.find("option", selected=True) or control.find("option")
                said = chosen.get("value", chosen.get_text()) if isinstance(chosen, Tag) else ""
                data.setdefault(name, []).append(str(said))
            elif control.name == "textarea":
                data.setdefault(name, []).append(control.get_text())
            elif control.get("type") in ("radio", "checkbox"):
                if control.has_attr("checked"):
                    data.setdefault(name, []).append(str(control.get("value", "on")))
            elif control.get("type") not in ("submit", "button", "image"):
                data.setdefault(name, []).append(str(control.get("value", "")))
        for name, value in fields.items():
            if name not in offered:
                raise NotOnThePage(f"no field {name} in the form of {self.url}; it has {sorted(offered)}")
            data[name] = [value]
        if pressed is not None and pressed.get("name"):
            data[str(pressed["name"])] = [str(pressed.get("value", ""))]
        return data

    def _go(self, method: str, url: str, data: dict[str, list[str]] | None = None) -> "Visitor":
        response = self._send(method, url, data)
        hops = 0
        while response.is_redirect and hops < 5:
            url = urljoin(url, response.headers["location"])
            response = self._send("GET", url, None)
            hops += 1
        self.url, self.status = url, response.status_code
        self.page = BeautifulSoup(response.text, "html.parser")
        return self

    def _send(self, method: str, url: str, data: dict[str, list[str]] | None) -> httpx.Response:
        parts = urlsplit(url)
        headers = {"Host": self._host, "Origin": self._origin}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        response = self._client.request(method, target, data=data, headers=headers)
        for header in response.headers.get_list("set-cookie"):
            name, _, rest = header.partition("=")
            value = rest.split(";", 1)[0]
            if value and "max-age=0" not in header.lower():
                self.cookies[name.strip()] = value
            else:
                self.cookies.pop(name.strip(), None)
        return response
