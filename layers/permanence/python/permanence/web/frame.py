"""The frame of every page: templates that escape and set French type, headers that forbid what we do not do."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from permanence.application.timeline.french import clock, telephone
from permanence.domain.french_names import of_name, of_place
from permanence.web import formats
from permanence.web.requests import MalformedRequest

HTML = "text/html; charset=utf-8"
STATIC_PACKAGE = "permanence_static"


class FrenchType(Extension):
    """Sets French typography in the words of a template when it is compiled; values go through the `fr` filter."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            yield Token(token.lineno, token.type, formats.typography(token.value)) if token.type == "data" else token


@lru_cache(maxsize=1)
def static_versions() -> Mapping[str, str]:
    """The hash of every static file by its name, from the manifest that the build writes beside them."""
    manifest: dict[str, str] = json.loads(files(STATIC_PACKAGE).joinpath("manifest.json").read_text("utf-8"))
    return manifest


def static_url(name: str) -> str:
    """A static file's address, which changes with its content."""
    return f"/static/{name}?v={static_versions()[name]}"


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """An icon of assets/icons.txt; always beside a word."""
    return Markup('<svg class="i" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        static_url("icons.svg"), name
    )


@cache
def templates(*folders: Path) -> Environment:
    """The pages of one function, and the base of all; folders of `*.html`, the first that has a name wins. Made once
    for the same folders: what it has compiled serves whoever asks again."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, Path(__file__).parent / "templates")]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=[FrenchType],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(icon=icon, static_url=static_url)
    environment.filters.update(
        fr=formats.typography,
        day=formats.day,
        short_day=formats.short_day,
        span=formats.span,
        month=formats.month,
        clock=clock,
        moment=formats.moment,
        duration=formats.duration,
        phone=telephone,
        count=formats.count,
        decimal=formats.decimal,
        money=formats.money,
        percent=formats.percent,
        plural=formats.plural,
        of_name=of_name,
        of_place=of_place,
        upper_first=formats.upper_first,
    )
    return environment


def security_headers(media_from: str = "") -> dict[str, str]:
    """What a page may load: this host only. `media_from` is the one other origin that sound may come from."""
    media = f"; media-src 'self' {media_from}" if media_from else ""
    return {
        "Content-Security-Policy": (
            "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'" + media
        ),
        "Strict-Transport-Security": "max-age=63072000",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def redirect(location: str, cookies: Iterable[Cookie] = ()) -> Response[str]:
    """See other, so that a reload sends no form twice."""
    headers = {**security_headers(), "Location": location}
    return Response(HTTPStatus.SEE_OTHER, HTML, "", headers, list(cookies))


def pass_on(location: str) -> Response[str]:
    """The same form, sent to where it is answered."""
    return Response(HTTPStatus.TEMPORARY_REDIRECT, HTML, "", {**security_headers(), "Location": location})


class Frame:
    """Answers with the pages of one function."""

    def __init__(self, *folders: Path, media_from: str = "") -> None:
        self._environment = templates(*folders)
        self._headers = security_headers(media_from)

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(values)

    def respond(
        self, template: str, *, status: int = HTTPStatus.OK, cookies: Iterable[Cookie] = (), **values: Any
    ) -> Response[str]:
        """A page, or a part of one, as an HTTP answer. `session` is among the values of every page in `base.html`."""
        return Response(int(status), HTML, self.render(template, **values), dict(self._headers), list(cookies))


def log_failure(logger: Logger, failure: Exception) -> None:
    """What a page died of. The message of an exception may quote what somebody typed: only its type, its cause's, and
    its place are logged."""
    places = [f"{Path(step.filename).name}:{step.lineno}" for step in extract_tb(failure.__traceback__)]
    cause = type(failure.__cause__).__name__ if failure.__cause__ else ""
    logger.error("page failed", failure=type(failure).__name__, cause=cause, places=places[-6:])


def site(logger: Logger) -> APIGatewayHttpResolver:
    """A resolver that says in French what goes wrong. Routes find `frame` and the rooms of `answer` in its context."""
    app = APIGatewayHttpResolver()

    def wrong(template: str, status: HTTPStatus) -> Response[str]:
        # Whoever the guard let in keeps the way out; a path of no route never met the guard.
        return frame_of(app).respond(template, status=status, session=app.context.get("session"))

    @app.not_found
    def nothing_here(_: NotFoundError) -> Response[str]:
        return wrong("not_found.html", HTTPStatus.NOT_FOUND)

    @app.exception_handler(MalformedRequest)  # type: ignore[untyped-decorator]
    def refused(_: MalformedRequest) -> Response[str]:
        return wrong("malformed.html", HTTPStatus.BAD_REQUEST)

    @app.exception_handler(Exception)  # type: ignore[untyped-decorator]
    def failed(failure: Exception) -> Response[str]:
        log_failure(logger, failure)
        return wrong("failed.html", HTTPStatus.INTERNAL_SERVER_ERROR)

    return app


def answer(
    app: APIGatewayHttpResolver, event: dict[str, Any], context: Any, logger: Logger, **rooms: Any
) -> dict[str, Any]:
    """Resolve one event with what its routes need (`frame` at least), and log its route and status, never its path."""
    app.append_context(**rooms)  # type: ignore[no-untyped-call]
    answered = app.resolve(event, context)
    logger.info("answered", route=event.get("routeKey"), status=answered.get("statusCode"))
    return answered


def frame_of(app: Any) -> Frame:
    """The frame of a resolver or router."""
    frame: Frame = app.context["frame"]
    return frame
