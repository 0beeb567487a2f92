"""What stands at the page's addresses where the extra ``page`` is not installed."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.page import NEEDED
from api.problems import refuse

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=Response)
@router.get("/scenarios/{id}", response_class=Response)
async def get_absent() -> Response:
    """Says how to get the page."""
    raise refuse("page-not-installed", needed=list(NEEDED))
