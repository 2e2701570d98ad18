"""What Cognito refuses, in the words of who asks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as Unreachable

from permanence.application.access.signing_in import IdentityUnavailable

_LATER = frozenset({"LimitExceededException", "TooManyRequestsException"})


@contextmanager
def as_told(known: Mapping[str, Callable[[], Exception]]) -> Iterator[None]:
    """Raises what `known` makes of an error code, or IdentityUnavailable; what nobody foresaw stays what it is."""
    try:
        yield
    except Unreachable as nobody:
        raise IdentityUnavailable from nobody
    except HTTPClientError as silence:
        raise IdentityUnavailable(may_have_acted=True) from silence
    except ClientError as failure:
        code = failure.response["Error"]["Code"]
        if code in _LATER:
            raise IdentityUnavailable from failure
        if failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
            raise IdentityUnavailable(may_have_acted=True) from failure
        meaning = known.get(code)
        if meaning is None:
            raise
        raise meaning() from failure
