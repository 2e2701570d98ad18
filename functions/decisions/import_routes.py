"""Files: where they come in by a page, and the page of each, from its reading to its entry into force (R30, R75)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions import import_words
from decisions.kinds import PARTS
from decisions.parts import FILES_PAGE
from decisions.room import REFUSALS, Room
from decisions.typed import typed_clock, typed_day
from permanence.application.access.reading import note_export, note_reading
from permanence.application.extranet.imports import ImportView, view_import, view_imports
from permanence.application.reference.deciding import Blocked, NotAllowed
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.file_ports import NotKept, UnknownImport
from permanence.application.reference.file_words import mistake_sentence, way_words
from permanence.application.reference.importing import MOST_FROM_A_PAGE, Empty, Receiving
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.mending import Mending
from permanence.application.reference.ports import DecidedMeanwhile, UnknownVersion
from permanence.domain.instants import PARIS
from permanence.domain.reference.documents import Circumstances, DecisionRefused
from permanence.domain.reference.imports import Import, ImportState, NotOpen, Origin
from permanence.domain.reference.table_matching import ColumnMapping
from permanence.web.frame import redirect, security_headers
from permanence.web.requests import Form, is_fragment, read_query

ASKED = ("recu", "corrige", "relu")
DONE = (*ASKED, "refuse", "approuve")
LONGEST_WORD = 250
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{16}")
_ANY_FILE = "application/octet-stream"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = Router()  # type: ignore[no-untyped-call]


class FilesRoom(Room):
    """One request about files."""

    def __init__(self) -> None:
        super().__init__(router)
        services = self.services
        self.mending = Mending(
            services.files_received, services.import_files, services.files_to_read, self.deciding, self.deciding.kinds
        )

    @property
    def kinds(self) -> Mapping[str, str]:
        """Those that this person may send by file, with their French names."""
        groups = set(self.session.person.groups)
        return {name: title for name, title in self.titles.items() if groups & set(KINDS[name].proposed_by)}

    @property
    def titles(self) -> Mapping[str, str]:
        """Of the kinds that come by file."""
        around = Circumstances(self.now, self.now, self.deciding.signed)
        return {name: FORMS[name](around).title for name in KINDS if name in FORMS}

    def list(self, status: HTTPStatus = HTTPStatus.OK, notice: str = "", kind: str = "") -> Response[str]:
        listed = view_imports(self.services.files_received, self.services.members.all(), self.now)
        return self.page(
            "imports.html",
            status,
            listed=listed,
            kinds=self.kinds,
            titles=self.titles,
            states=import_words.STATES,
            notice=notice,
            chosen=kind,
            most=MOST_FROM_A_PAGE,
            by_mail=import_words.BY_MAIL,
        )

    def file(
        self,
        import_id: str,
        status: HTTPStatus = HTTPStatus.OK,
        notice: str = "",
        points: tuple[str, ...] = (),
        **typed: str,
    ) -> Response[str]:
        view = self.view(import_id)
        if notice in ASKED and not view.one.is_awaited:
            notice = ""  # it has been read since
        note_reading(self.services.audit, self.session, f"file:{import_id}", self.now)
        parts = PARTS.get(view.one.kind)
        told: dict[str, Any] = {
            "parts": parts,
            "view": view,
            "kinds": self.kinds,
            "titles": self.titles,
            "form": _form_of(self, view),
            "words": import_words,
            "mistake_sentence": mistake_sentence,
            "way_words": way_words,
            "notice": notice,
            "typed": {"day": "", "hour": "", **typed},
            "points": points,
        }
        if is_fragment(self.event):
            answer = self.page("import_reading.html", status, **told)
            if not view.one.is_awaited:
                answer.headers["HX-Refresh"] = "true"
            return answer
        approved_by = KINDS[view.one.kind].approved_by if view.one.kind else ()
        may_approve = bool(set(approved_by) & set(self.session.person.groups))
        return self.page("import.html", status, **told, may_approve=may_approve)

    def view(self, import_id: str) -> ImportView:
        services = self.services
        try:
            return view_import(
                services.files_received,
                services.import_files,
                self.deciding,
                self.deciding.kinds,
                services.members,
                import_id,
                self.now,
            )
        except UnknownImport as unknown:
            raise NotFoundError from unknown

    def act(self, import_id: str, deed: Callable[[], object], done: str) -> Response[str]:
        """The page anew once it is done; what was refused is said, and has changed nothing."""
        try:
            deed()
        except (UnknownImport, UnknownVersion) as unknown:
            raise NotFoundError from unknown
        except (DecidedMeanwhile, NotKept):
            return self.file(import_id, HTTPStatus.CONFLICT, "meanwhile")
        except NotOpen:
            return self.file(import_id, HTTPStatus.CONFLICT, "not_open")
        except DecisionRefused as refused:
            points = refused.points if isinstance(refused, Blocked) else ()
            told = tuple(self._sentence(import_id, point) for point in points if point.blocks)
            return self.file(import_id, HTTPStatus.CONFLICT, REFUSALS[type(refused)], points=told)
        return redirect(f"{FILES_PAGE}/{import_id}?avis={done}")

    def _sentence(self, import_id: str, point: Any) -> str:
        return PARTS[self.services.files_received.get(import_id).kind].sentence(point)

    def download(self, what: str, name: str, media_type: str, body: bytes) -> Response[bytes]:
        note_export(self.services.audit, self.session, what, self.now)
        headers = {**security_headers(), "Content-Disposition": f"attachment; filename*=UTF-8''{_quoted(name)}"}
        return Response(int(HTTPStatus.OK), media_type, body, headers)


@router.get(FILES_PAGE)
def every_file() -> Response[str]:
    room = FilesRoom()
    return room.list(kind=read_query(room.event, "document"))


@router.post(FILES_PAGE)
def upload() -> Response[str]:
    room = FilesRoom()
    kind = room.form.one("kind")
    if kind and kind not in room.kinds:
        return room.list(HTTPStatus.FORBIDDEN, "not_allowed")
    sent = router.context["files"].get("file")
    if sent is None:
        return room.list(HTTPStatus.UNPROCESSABLE_ENTITY, "no_file", kind)
    if sent.content is None:
        return room.list(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", kind)
    services = room.services
    receiving = Receiving(services.files_received, services.import_files, services.files_to_read, services.audit)
    try:
        one = receiving.receive(sent.content, sent.name, room.session.person.user_id, Origin.PAGE, room.now, kind)
    except Empty:
        return room.list(HTTPStatus.UNPROCESSABLE_ENTITY, "empty", kind)
    return redirect(f"{FILES_PAGE}/{one.import_id}?avis=recu")


@router.get(f"{FILES_PAGE}/<import_id>")
def one_file(import_id: str) -> Response[str]:
    room = FilesRoom()
    asked = read_query(room.event, "avis")
    return room.file(_known(import_id), notice=asked if asked in DONE else "")


@router.get(f"{FILES_PAGE}/<import_id>/recu")
def as_it_was_sent(import_id: str) -> Response[bytes]:
    room = FilesRoom()
    one = _import(room, import_id)
    return _kept(room, one, lambda: room.services.import_files.file(one.import_id), one.file_name, _ANY_FILE)


@router.get(f"{FILES_PAGE}/<import_id>/corrige.xlsx")
def as_it_was_mended(import_id: str) -> Response[bytes]:
    room = FilesRoom()
    one = _import(room, import_id)
    name = f"{one.file_name.rpartition('.')[0] or one.file_name} {'à corriger' if one.points else 'corrigé'}.xlsx"
    return _kept(room, one, lambda: room.services.import_files.corrected(one.import_id, one.reading), name, _WORKBOOK)


@router.post(f"{FILES_PAGE}/<import_id>/corriger")
def accept(import_id: str) -> Response[str]:
    room, known = FilesRoom(), _known(import_id)
    answers = _answers(room.form)
    if not answers:
        return room.file(known, HTTPStatus.UNPROCESSABLE_ENTITY, "nothing_ticked")
    reading = room.form.one("reading")
    number = int(reading) if reading.isascii() and reading.isdecimal() and len(reading) < 6 else 0
    return room.act(known, lambda: room.mending.accept(known, number, answers, room.now), "corrige")


@router.post(f"{FILES_PAGE}/<import_id>/colonnes")
def say_columns(import_id: str) -> Response[str]:
    room, known = FilesRoom(), _known(import_id)
    columns = _columns(room.form, room.view(known), room)
    return room.act(known, lambda: room.mending.say_columns(known, columns, room.now), "relu")


@router.post(f"{FILES_PAGE}/<import_id>/relire")
def read_again(import_id: str) -> Response[str]:
    room, known = FilesRoom(), _known(import_id)
    kind = room.form.one("kind")
    if kind and kind not in room.kinds:
        return room.file(known, HTTPStatus.FORBIDDEN, REFUSALS[NotAllowed])
    return room.act(known, lambda: room.mending.read_again(known, room.now, kind), "relu")


@router.post(f"{FILES_PAGE}/<import_id>/refuser")
def give_up(import_id: str) -> Response[str]:
    room, known = FilesRoom(), _known(import_id)
    why = room.form.one("why")[:LONGEST_WORD]
    if not why:
        return room.file(known, HTTPStatus.UNPROCESSABLE_ENTITY, "no_reason")
    return room.act(known, lambda: room.mending.give_up(known, why, room.now), "refuse")


@router.post(f"{FILES_PAGE}/<import_id>/vigueur")
def put_in_force(import_id: str) -> Response[str]:
    """Without a day, from now on."""
    room, known = FilesRoom(), _known(import_id)
    day, hour = room.form.one("day")[:20], room.form.one("hour")[:20]
    wanted, mistake = _wanted(day, hour, room.now)
    if mistake:
        return room.file(known, HTTPStatus.UNPROCESSABLE_ENTITY, mistake, day=day, hour=hour)
    one = _import(room, known)
    if one.version is None or one.state is not ImportState.PROPOSED:
        return room.file(known, HTTPStatus.CONFLICT, "not_open")
    kind, number = room.deciding.kinds[one.kind], one.version
    return room.act(known, lambda: room.deciding.approve(kind, number, room.now, wanted), "approuve")


def _wanted(day: str, hour: str, now: datetime) -> tuple[datetime | None, str]:
    """The instant that was typed, on the clocks of Paris; or what is wrong with it."""
    if not day and not hour:
        return None, ""
    its_day, its_hour = typed_day(day), typed_clock(hour or "00:00")
    if its_day is None or its_hour is None:
        return None, "no_date"
    wanted = datetime.combine(its_day, its_hour, PARIS).astimezone(UTC)
    return (wanted, "") if wanted > now else (None, "past_date")


def _answers(form: Form) -> dict[int, int | str]:
    """`g<place>` names the way that was ticked or chosen, `t<place>` what was typed."""
    found: dict[int, int | str] = {}
    for name in form.names():
        sort, place, said = name[:1], name[1:], form.one(name)
        if not (place.isascii() and place.isdecimal() and len(place) < 5 and said):
            continue
        if sort == "t":
            found[int(place)] = said[:LONGEST_WORD]
        elif sort == "g" and said.isascii() and said.isdecimal() and len(said) < 3:
            found[int(place)] = int(said)
    return found


def _columns(form: Form, view: ImportView, room: FilesRoom) -> ColumnMapping:
    """`c<sheet>.<column>` says the field of a header, by their places on the page; what is not of the form is left."""
    said: dict[str, dict[str, str]] = {}
    known = _form_of(room, view)
    for place, sheet in enumerate(view.read.sheets if view.read else ()):
        of_form = next((one for one in known.sheets if one.key == sheet.key), None) if known else None
        fields = {"", *(column.field for column in of_form.columns)} if of_form else {""}
        for index, column in enumerate(sheet.columns):
            name = f"c{place}.{index}"
            if name in form and column.header and form.one(name) in fields:
                said.setdefault(sheet.key, {})[column.header] = form.one(name)
    return said


def _form_of(room: FilesRoom, view: ImportView) -> Any:
    """The form of its kind, where a file was read by it: its columns are the same whatever is in force."""
    kind = view.one.kind
    if view.read is None or not view.read.sheets or kind not in FORMS:
        return None
    return FORMS[kind](Circumstances(room.now, room.now, room.deciding.signed))


def _import(room: FilesRoom, import_id: str) -> Import:
    try:
        return room.services.files_received.get(_known(import_id))
    except UnknownImport as unknown:
        raise NotFoundError from unknown


def _kept(room: FilesRoom, one: Import, content: Callable[[], bytes], name: str, media_type: str) -> Response[bytes]:
    try:
        return room.download(f"file:{one.import_id}", name, media_type, content())
    except NotKept as gone:
        raise NotFoundError from gone


def _known(import_id: str) -> str:
    """An id as we make them. Raises NotFoundError on anything else."""
    if not _ID.fullmatch(import_id):
        raise NotFoundError
    return import_id


def _quoted(name: str) -> str:
    """RFC 8187."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in name.encode())
