"""Whether the service is alive and ready, and its figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from madoguchi.channels.web.schemas import Alive, Readiness
from madoguchi.database import ping
from madoguchi.engine.client import EngineUnavailableError
from madoguchi.services import Services, services
from madoguchi.systems.model import SystemUnavailableError

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def healthz() -> Alive:
    """Answer as long as the process lives."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readyz(response: Response, use: Annotated[Services, Depends(services)]) -> Readiness:
    """Answer 200 when customers can be answered, 503 with the reasons when not."""
    reasons = {}
    try:
        await ping(use.database)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the reason)
        reasons["database"] = f"{type(error).__name__}: the database does not answer"
    try:
        await use.engine.check()
    except EngineUnavailableError as error:
        reasons["engine"] = str(error)
    try:
        await use.context.systems.check()
    except SystemUnavailableError as error:
        reasons["systems"] = str(error)
    if reasons:
        response.status_code = 503
        return Readiness(status="unavailable", reasons=reasons)
    return Readiness(status="ready", reasons={})


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Return the figures in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
