"""What every route of the extranet finds in its request: services, reader, time, and what was asked for."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from extranet.services import Services
from permanence.application.access.reading import note_export
from permanence.application.access.signing_in import Session
from permanence.application.extranet.lists import NoSuchMonth, read_month
from permanence.application.timeline.sheets import Sheet
from permanence.web.frame import security_headers
from permanence.web.requests import Form, is_fragment, read_query

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Room:
    """One request of a reader; `app` is the resolver or a router that shares its context."""

    def __init__(self, app: Any) -> None:
        context = app.context
        self.services = cast(Services, context["services"])
        self.session = cast(Session, context["session"])
        self.form = cast(Form, context["form"])
        self.now = cast(datetime, context["now"])
        self._event = cast(Mapping[str, Any], app.current_event.raw_event)

    @property
    def is_fragment(self) -> bool:
        return is_fragment(self._event)

    @property
    def month(self) -> str:
        """The month asked for, or the one in course. Raises NotFoundError."""
        try:
            return read_month(self.query("mois"), self.now)
        except NoSuchMonth as refused:
            raise NotFoundError from refused

    def query(self, name: str) -> str:
        return read_query(self._event, name)

    def queries(self, name: str) -> tuple[str, ...]:
        """A parameter that may be repeated."""
        return tuple(parse_qs(self._event.get("rawQueryString") or "", max_num_fields=40).get(name, ()))

    def page(self, template: str, current: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response[str]:
        """A page of the extranet; `current` is its place in the navigation."""
        return self.services.frame.respond(template, status=status, session=self.session, current=current, **values)

    def excel(self, sheet: Sheet, what: str, filename: str) -> Response[bytes]:
        """A sheet as a file; `what` names it in the register."""
        from permanence.adapters.excel.lists import MEDIA_TYPE, write_list  # noqa: PLC0415  (of no page: too slow for every cold start)

        body = write_list(sheet, written_at=self.now)
        note_export(self.services.audit, self.session, what, self.now)
        headers = {**security_headers(), "Content-Disposition": f'attachment; filename="{filename}"'}
        return Response(int(HTTPStatus.OK), MEDIA_TYPE, body, headers)


def checked_id(given: str) -> str:
    """An id as we make them. Raises NotFoundError on anything else."""
    if not _ID.fullmatch(given):
        raise NotFoundError
    return given
