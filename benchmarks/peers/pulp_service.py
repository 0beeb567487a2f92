"""The script in PuLP behind a bare FastAPI application, in the server's own process."""

from __future__ import annotations

from typing import Any

from fastapi import Body, FastAPI

from . import pulp_cbc
from .served import Call, serve

NAME = "FastAPI around PuLP + CBC"
PACKAGES = ("fastapi", "pulp")

app = FastAPI()


@app.get("/ready")
def ready() -> bool:
    return True


@app.post("/solve")
def solve(document: dict[str, Any] = Body()) -> dict[str, float]:
    return {"value": pulp_cbc.allocation(document)[0]}


def prepare(job: str, data: Any) -> Call:
    return serve(f"{__name__}:app", "/solve", data, "/ready")


def round_trip(call: Call) -> list[float]:
    return [call.answer()["value"]]
