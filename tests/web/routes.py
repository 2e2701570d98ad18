"""The routes of a site, from its resolver itself."""

from collections.abc import Iterator
from typing import Any


def routes_of(app: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route, with the names of its parts: `/m/<token>`."""
    for route in (*app._static_routes, *app._dynamic_routes):
        for method in [route.method] if isinstance(route.method, str) else route.method:
            yield method, route.path
