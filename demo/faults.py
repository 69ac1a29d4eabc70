"""Faults that can be switched on, so that dashboards and alerts have something to show."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

OCCASIONAL_ERROR_SHARE = 0.002
"""The share of requests that fail without a fault: a fifth of the alert's threshold."""


class Faults(BaseModel):
    """All faults. As the body of `POST /demo/faults`, those to change."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    slow_table: bool = True
    error_share: Annotated[float, Field(ge=0, le=1)] = OCCASIONAL_ERROR_SHARE
    stuck_batch_job: bool = False


def read_faults(environment: Mapping[str, str]) -> Faults:
    """Read `INDEXED=1` (no slow table), `ERROR_SHARE=0.2` and `STUCK_BATCH_JOB=1`."""
    return Faults(
        slow_table=not is_on(environment.get("INDEXED", "")),
        error_share=float(environment.get("ERROR_SHARE") or OCCASIONAL_ERROR_SHARE),
        stuck_batch_job=is_on(environment.get("STUCK_BATCH_JOB", "")),
    )


def is_on(value: str) -> bool:
    """Whether the value of an environment variable means true."""
    return value.strip().lower() in {"1", "true", "yes", "on"}
