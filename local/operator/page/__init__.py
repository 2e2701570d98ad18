"""The page on which phones ring: a few files of ours, no other origin."""

from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

_HERE = Path(__file__).parent
_POLICY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Cache-Control": "no-cache",
}


@router.get("/")
async def page() -> FileResponse:
    return FileResponse(_HERE / "index.html", headers=_POLICY)


@router.get("/page/operator.css")
async def style() -> FileResponse:
    return FileResponse(_HERE / "operator.css", headers=_POLICY)


@router.get("/page/{name}.js")
async def script(name: Literal["operator", "base", "story"]) -> FileResponse:
    return FileResponse(_HERE / f"{name}.js", media_type="text/javascript", headers=_POLICY)
