"""What a function finds in its environment, for a while."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from permanence.adapters import aws


@contextmanager
def pretended(environment: Mapping[str, str]) -> Iterator[None]:
    """These variables beside those of the machine, no clock of a local stage, and new clients."""
    before = dict(os.environ)
    os.environ.pop("CLOCK_URL", None)
    os.environ.update(environment)
    aws._client.cache_clear()
    try:
        yield
    finally:
        aws._client.cache_clear()
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def without_log() -> Iterator[None]:
    """The functions tell each request on standard output."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
