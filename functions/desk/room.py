"""What every route of the desk finds in its request: services, session, form, time."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from desk.services import Services
from permanence.application.access.signing_in import Session
from permanence.application.desk.fiche import answer_that_the_address_is_found, fill_in
from permanence.application.desk.guide import answer_question
from permanence.application.desk.place import choose_place, find_dwelling, unknown_address
from permanence.application.desk.post import Reader
from permanence.application.dispatch.deciding import MOST_ATTEMPTS
from permanence.application.reception.answering import Agent
from permanence.application.reception.calls import save_form
from permanence.application.reception.ports import CallRecord, VersionConflict
from permanence.application.timeline.french import telephone
from permanence.domain.calls.call import Call, CallStatus
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm
from permanence.web.requests import Form
from permanence.web.session import SUPERVISORS

_CALL_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class Room:
    """One request at the desk; `app` is the resolver or a router that shares its context."""

    def __init__(self, app: Any) -> None:
        context = app.context
        self.services = cast(Services, context["services"])
        self.session = cast(Session, context["session"])
        self.form = cast(Form, context["form"])
        self.now = cast(datetime, context["now"])

    @property
    def contract(self) -> Contract:
        """As it is obeyed now."""
        return self.services.contract_at(self.now)

    @property
    def reader(self) -> Reader:
        person = self.session.person
        return Reader(person.user_id, person.first_name)

    @property
    def agent(self) -> Agent:
        person = self.session.person
        return Agent(person.user_id, person.name, person.phone)

    def record(self, call_id: str) -> CallRecord:
        """The call and its fiche: 1 request. Raises NotFoundError."""
        record = self.services.calls.get(call_id) if _CALL_ID.fullmatch(call_id) else None
        if record is None:
            raise NotFoundError
        return record

    def may_control(self, call: Call) -> bool:
        """Hold and hang up are for who talks with the caller, and for a supervisor (R13). Should nobody have told us
        who that is, for anyone: the line must not stay open for want of a name."""
        return call.status is CallStatus.IN_PROGRESS and self.is_in_charge(call)

    def is_in_charge(self, call: Call) -> bool:
        """Who talks, or talked, with the caller, and a supervisor: nobody else has a recording erased (R14)."""
        return call.answered_by in (None, self.session.person.user_id) or self.is_supervisor

    @property
    def is_supervisor(self) -> bool:
        return not SUPERVISORS.isdisjoint(self.session.person.groups)

    def form_of(self, record: CallRecord) -> CallForm:
        """The fiche as it was saved, or a new one that already holds the caller's number."""
        if record.form is not None:
            return record.form
        caller = record.call.caller
        kind = "mobile" if caller and caller.startswith(("+336", "+337")) else "landline"
        return CallForm(
            call_id=record.call.call_id,
            agent="",
            agent_name="",
            opened_at=self.now,
            fields={kind: telephone(caller)} if caller else {},
        )

    def own_form(self, record: CallRecord) -> CallForm:
        return self.in_hand(self.form_of(record))

    def in_hand(self, form: CallForm) -> CallForm:
        """The fiche in the hands of the agent at the page: who took the call first may not have got it."""
        person = self.session.person
        return replace(form, agent=person.user_id, agent_name=person.name)

    def keep_draft(self, call_id: str, answers: bool = False) -> tuple[CallRecord, CallForm]:
        """Save what the page sent, whatever button was pressed; a closed fiche stays as it is: 2 requests.

        The answer chosen in the guide counts only when « Valider » was pressed (`answers`). A dwelling that is chosen
        answers the question of the address, now or once it is asked; taken back, that answer is not given again.
        """

        def keep(form: CallForm) -> CallForm:
            filled_in, guide = self._filled_in(form), self.services.contract.guide
            if answers:
                filled_in = answer_question(guide, filled_in, self.form.one("question"), self.form.one("answer"))
            if (filled_in.path, filled_in.dwelling_id) == (form.path, form.dwelling_id):
                return filled_in
            return answer_that_the_address_is_found(guide, filled_in)

        return self.change(self.record(call_id), keep)

    def change(
        self, record: CallRecord, how: Callable[[CallForm], CallForm], even_closed: bool = False
    ) -> tuple[CallRecord, CallForm]:
        """Save a change of a fiche that was just read; a closed one stays as it is, unless `even_closed`: 1 request.

        Somebody may have saved it meanwhile: it is read again and the change made on what it is now, so that nothing
        decided is ever undone: 2 requests more after each lost race. Raises VersionConflict when too many were lost.
        """
        for _ in range(MOST_ATTEMPTS):
            form = self.form_of(record) if record.form else self.own_form(record)
            if form.closed_at is not None and not even_closed:
                return record, form
            try:
                kept = save_form(self.services.calls, how(form), record.call)
            except VersionConflict:
                record = self.record(record.call.call_id)
                continue
            return replace(record, form=kept), kept
        raise VersionConflict(record.call.call_id)

    def tell_unknown_address(self, form: CallForm) -> None:
        """A point for Habitat 70 when the place of a fiche is not in its files: 1 request then (R86)."""
        address = unknown_address(form, self.services.contract.guide)
        if address is not None:
            self.services.unknown_addresses.tell(address, form.call_id, self.now)

    def keep_typed(self, call_id: str) -> None:
        """Save what was typed while the agent goes on: a request that overtakes no decision. 2 requests."""
        record = self.record(call_id)
        if record.form is not None:
            typed = self._typed_into(record.form)
            self.services.calls.save_fields(call_id, typed.fields)

    def _typed_into(self, form: CallForm) -> CallForm:
        fields = self.services.contract.form_fields
        typed = {
            field.field_id: (self.form.one(field.field_id), self.form.one(f"{field.field_id}__absent"))
            for field in fields
            if field.field_id in self.form
        }
        return fill_in(form, fields, typed)

    def _filled_in(self, form: CallForm) -> CallForm:
        posted = self.form
        form = self._typed_into(form)
        free_address, dwelling_id = posted.one("free_address"), posted.one("dwelling")
        if free_address and free_address != form.free_address:
            form = choose_place(form, None, free_address)
        elif dwelling_id and dwelling_id != form.dwelling_id:
            dwelling = find_dwelling(self.services.book.patrimoine(self.now), dwelling_id)
            form = choose_place(form, dwelling, "") if dwelling else form
        elif "free_address" in posted and form.free_address and not free_address:
            form = choose_place(form, None, "")
        return form


def fingerprint(*parts: object) -> str:
    """Tells whether a part of a page differs from the one a browser shows."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
