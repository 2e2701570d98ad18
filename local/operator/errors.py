"""Refusals of the REST API, in the provider's words and codes."""


class Refused(Exception):
    """Answered as the provider's JSON error; `status` is the HTTP status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class DocumentFailed(Exception):
    """Instructions (TwiML) could not be fetched or understood; `code` is the provider's."""

    def __init__(self, code: int, message: str, url: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.url = url


AUTHENTICATION = 20003
UNKNOWN_PARAMETER = 20001
NOT_COMPLETE = 20009
NOT_FOUND = 20404
TOO_MANY_REQUESTS = 20429
INTERNAL = 20500
INVALID_VALUE = 21205
NO_TO = 21201
INVALID_TO = 21211
INVALID_FROM = 21212
NO_FROM = 21213
FROM_NOT_OURS = 21210
NO_INSTRUCTIONS = 21205
CALL_NOT_IN_PROGRESS = 21220
NO_BODY = 21602
NO_SENDER = 21603
NO_RECIPIENT = 21604
SENDER_NOT_OURS = 21606
OPTED_OUT = 21610
NOT_A_MOBILE = 21614
BODY_TOO_LONG = 21617

RETRIEVAL_FAILED = 11200
CONNECTION_FAILED = 11205
PARSE_FAILED = 12100
SCHEMA_FAILED = 12200
NOT_XML = 12300


def not_found(what: str) -> Refused:
    return Refused(404, NOT_FOUND, f"The requested resource {what} was not found")
