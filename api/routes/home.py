"""The one page: what there is, and a form to search and ask. It needs nothing from other servers."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

PAGE = Path(__file__).parent.parent / "page"

router = APIRouter(include_in_schema=False)


@router.get("/")
def page() -> FileResponse:
    """The page."""
    return FileResponse(PAGE / "index.html", media_type="text/html; charset=utf-8")


@router.get("/page.js")
def script() -> FileResponse:
    """Its script."""
    return FileResponse(PAGE / "page.js", media_type="text/javascript; charset=utf-8")


@router.get("/page.css")
def style() -> FileResponse:
    """Its style."""
    return FileResponse(PAGE / "page.css", media_type="text/css; charset=utf-8")


@router.get("/favicon.ico")
def icon() -> Response:
    """None; asked for by every browser."""
    return Response(status_code=204)
