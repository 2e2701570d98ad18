"""What each function may ask of the table: which actions, on items of which partitions, by which index.

Plain data, so that tests hold the requests which functions really make to it. The patterns are those of
docs/data-model.md; `{landlord}` stands for the landlord's id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

CALLS, MISSIONS, JOBS = "{landlord}#CALL#*", "{landlord}#MC#*", "{landlord}#JOB#*"
OPEN, REFERENCE = "{landlord}#OPEN", "{landlord}#REF"
DAYS, FACTS, STAMPS = "{landlord}#DAY#*", "{landlord}#FACT#*", "{landlord}#P#*"
FOR_LANDLORD = "{landlord}#OPEN#LANDLORD"
DOCUMENTS, IMPORTS, COLUMNS = "{landlord}#DOC#*", "{landlord}#IMP", "{landlord}#COLUMNS"
MAILS = "{landlord}#MAIL"
USERS, REGISTER = "{landlord}#USERS", "{landlord}#AUD#*"
LINKS, SESSIONS, DUE = "LINK#*", "S#*", "DUE#*"


@dataclass(frozen=True, slots=True)
class Grant:
    """`actions` without their prefix; `keys` are patterns of the partition keys of the table, or of `index`.

    Each is one statement, and IAM unites none: what one request asks with keys of several kinds stands in one grant.
    """

    actions: tuple[str, ...]
    keys: tuple[str, ...]
    index: str | None = None

    def keys_of(self, landlord: str) -> list[str]:
        return [pattern.format(landlord=landlord) for pattern in self.keys]


def _grant(actions: str, *keys: str, index: str | None = None) -> Grant:
    return Grant(tuple(actions.split()), keys, index)


# A decision is one transaction: it puts the mission, its lines, its messages and its links.
_DECIDES = (_grant("GetItem", MISSIONS), _grant("PutItem", MISSIONS, LINKS))
_ACCOUNTS = (
    _grant("GetItem BatchGetItem PutItem UpdateItem DeleteItem", SESSIONS, USERS),
    _grant("PutItem", REGISTER),
)

TABLE_RIGHTS: Mapping[str, tuple[Grant, ...]] = {
    # These two anybody may reach: no list, no index, nobody's account.
    "call_webhook": (
        *_DECIDES,
        _grant("GetItem", REFERENCE),
        _grant("Query", CALLS),
        _grant("UpdateItem", CALLS, MISSIONS, JOBS),
    ),
    "mission": (*_DECIDES, _grant("GetItem", LINKS)),
    # Nor does the way in list them.
    "sign_in": _ACCOUNTS,
    "team": (*_ACCOUNTS, _grant("Query", USERS)),
    # The reception itself: every kind of work in progress, but neither register, jobs, nor what is kept for ever.
    "desk": (
        *_DECIDES,
        _grant("Query PutItem UpdateItem", CALLS),
        _grant("GetItem UpdateItem", REFERENCE),
        _grant("GetItem", DOCUMENTS),
        _grant("UpdateItem", FOR_LANDLORD),
        _grant("BatchGetItem", SESSIONS, USERS),  # each page reads both at once
        _grant("UpdateItem", SESSIONS),
        _grant("Query", OPEN, index="open"),
    ),
    # It reads whatever Habitat 70 may read, and writes that it was read.
    "extranet": (
        _grant("GetItem BatchGetItem Query", CALLS, MISSIONS, DAYS, JOBS, REGISTER, SESSIONS, USERS),
        _grant("GetItem", REFERENCE),
        _grant("Query", OPEN, index="open"),
        _grant("Query", CALLS, MISSIONS, index="month"),
        _grant("PutItem", REGISTER),
        _grant("UpdateItem", SESSIONS),
    ),
    # It alone writes what is in force, and who decided it.
    "decisions": (
        _grant("GetItem", DOCUMENTS, REFERENCE, IMPORTS, COLUMNS),
        _grant("Query", DOCUMENTS, USERS, IMPORTS, FOR_LANDLORD, MAILS),
        _grant("Query", OPEN, index="open"),  # what is under way where the patrimoine changes
        _grant("PutItem", COLUMNS),
        _grant("PutItem UpdateItem", DOCUMENTS, REFERENCE, IMPORTS),  # a decision is one transaction
        _grant("BatchGetItem", SESSIONS, USERS),
        _grant("UpdateItem", SESSIONS),
        _grant("PutItem", REGISTER),
    ),
    # It proposes what it has read; nobody is put in force by it.
    "imports": (
        _grant("GetItem", DOCUMENTS, REFERENCE, IMPORTS, COLUMNS, MAILS),
        _grant("Query", DOCUMENTS),
        _grant("Query", OPEN, index="open"),
        _grant("PutItem UpdateItem", DOCUMENTS, IMPORTS),  # a proposal and its import are one transaction
        _grant("PutItem", REGISTER, MAILS, JOBS),
    ),
    "notify": (
        *_DECIDES,
        _grant("GetItem", JOBS, REFERENCE, DOCUMENTS),  # of the two last, whom to call when nobody has accepted
        _grant("Query", CALLS),
        _grant("UpdateItem", CALLS, MISSIONS, JOBS),
        _grant("Query", OPEN, index="open"),
    ),
    "astreinte_dispatch": (
        *_DECIDES,
        _grant("DeleteItem", MISSIONS, LINKS),  # timers, in one transaction with links
        _grant("UpdateItem", CALLS),
        _grant("Query", DUE, index="due"),
        _grant("Query", DOCUMENTS),  # is an update of the rota in force?
        _grant("DeleteItem", MAILS),
    ),
    "recording_import": (_grant("Query UpdateItem", CALLS),),
    # It lists what has happened, and writes what it has told and settled.
    "reports": (
        *_DECIDES,
        _grant("GetItem BatchGetItem Query", CALLS, MISSIONS, JOBS, DAYS, REFERENCE),
        _grant("GetItem", DOCUMENTS),
        _grant("Query", OPEN, index="open"),
        _grant("Query", CALLS, MISSIONS, index="month"),
        _grant("PutItem", JOBS, DAYS),
    ),
    # It erases whatever carries a stamp, by the index of stamps, and keeps what names nobody.
    "retention": (
        _grant("Query", STAMPS, index="purge"),
        _grant("GetItem", JOBS, REFERENCE, DOCUMENTS),
        _grant("BatchGetItem", CALLS, MISSIONS, JOBS, FACTS, IMPORTS),
        _grant(
            "BatchWriteItem",
            *(CALLS, MISSIONS, JOBS, LINKS, REGISTER, SESSIONS, FACTS, FOR_LANDLORD, IMPORTS, COLUMNS, MAILS),
        ),
        _grant("PutItem", JOBS),
        _grant("Query PutItem DeleteItem", DOCUMENTS),  # what is out of force for too long, and what ended long ago
        _grant("UpdateItem", CALLS),  # a call that only the provider's log still tells of
    ),
}
