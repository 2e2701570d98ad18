"""The static files that the build gathered: style, scripts, font, icons. Nothing else is served."""

from importlib.resources import files
from pathlib import PurePath
from typing import Any

from aws_lambda_powertools.event_handler import Response

from permanence.web.frame import STATIC_PACKAGE, static_versions

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".woff2": "font/woff2",
}
# A file asked for by its hash never changes; one named by another static file (font, reset) may.
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_AN_HOUR = "public, max-age=3600"


def static_file(name: str, version: str) -> Response[Any] | None:
    """A file of the manifest, or None."""
    known = static_versions().get(name)
    if known is None:
        return None
    headers = {
        "Cache-Control": _FOR_EVER if version == known else _FOR_AN_HOUR,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    content = files(STATIC_PACKAGE).joinpath(name).read_bytes()
    media_type = MEDIA_TYPES[PurePath(name).suffix]
    return Response(200, media_type, content if media_type.startswith("font/") else content.decode(), headers)
