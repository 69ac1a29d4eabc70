"""For an application's own tests: its registry feeds its dashboards and rules.

```python
def test_my_metrics_feed_my_dashboards(fed):
    fed("monitoring/orders.py", registry=REGISTRY, target_labels=["env"])
```
"""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

TARGET_LABEL = re.compile(r"--target-label (\w+)")
Fed = Callable[..., None]


@pytest.fixture
def fed() -> Fed:
    """Assert that metrics feed every query of some definitions; see `assert_fed`."""
    return assert_fed


def assert_fed(
    *definitions: str | Path,
    registry: Any = None,
    metrics: str | Iterable[str] = (),
    target_labels: str | Iterable[str] = (),
) -> None:
    """Fail with every query that a registry, or metrics as text at URLs and in files, cannot feed.

    Without either it is prometheus-client's default registry. `target_labels` are those that
    Prometheus adds to the application's own; a single one may stand alone. What the project's
    settings allow in `may_be_empty` may be absent here too.
    """
    # Here, since every run of pytest loads this module.
    from tailboard.panels.definition_error import DefinitionError
    from tailboard.publish.errors import TailboardError

    try:
        told = _unfed(_paths(definitions), registry, _several(metrics), _several(target_labels))
    except (DefinitionError, TailboardError, OSError) as error:
        told = str(error)
    if told:
        pytest.fail(told, pytrace=False)


def _paths(definitions: Iterable[Any]) -> list[Path]:
    """Where the definitions are; raises `TailboardError` where none is named, or something else."""
    from tailboard.publish.errors import TailboardError

    definitions = list(definitions)
    if not definitions:
        raise TailboardError(
            "no definition is named, so nothing would be asked of the metrics",
            tip='name the definitions first: fed("monitoring/orders.py", registry=REGISTRY).',
        )
    for it in definitions:
        if not isinstance(it, str | os.PathLike):
            if callable(getattr(it, "collect", None)):
                tip = 'give the registry by its keyword: fed("orders.py", registry=REGISTRY).'
            else:
                tip = "name each definition by itself, as text or a Path; all else has a keyword."
            raise TailboardError(f"a {type(it).__name__} is not the path of a definition", tip=tip)
    return [Path(it) for it in definitions]


def _several(given: str | Iterable[str]) -> list[str]:
    """All that is given; text is one, and not its letters."""
    return [given] if isinstance(given, str) else list(given)


def _unfed(
    definitions: list[Path],
    registry: Any,
    sources: list[str],
    target_labels: list[str],
) -> str:
    """What is not fed, and what to do about it; nothing where all is."""
    from tailboard import settings
    from tailboard.check.check_running import named
    from tailboard.check.checking import check
    from tailboard.check.may_be_empty import NAME, with_reasons
    from tailboard.findings.exclusion import allowance
    from tailboard.lint.linted import subjects
    from tailboard.metrics.exposition import Catalogue, read
    from tailboard.metrics.metrics_source import lines
    from tailboard.metrics.registry import read_registry
    from tailboard.publish.http.address import shown

    catalogue = Catalogue()
    if registry is not None or not sources:
        read_registry(registry if registry is not None else _default(), catalogue, "the registry")
    for source in sources:
        read(lines(source), catalogue, shown(source))
    given = settings.read(Path.cwd()).get(NAME, [])
    allowed = [allowance(it, NAME, "the settings") for it in given]
    asked = subjects(definitions)
    checked, _ = with_reasons(check(asked, catalogue, target_labels), allowed, "the settings")
    places: dict[tuple[str, str, str], list[str]] = {}
    for it in checked:
        if not it.fine:
            places.setdefault((it.state, it.problem, it.tip), []).append(str(it.place))
    told = [
        f"{named(where)}: {state}: {problem}\n  Tip: {_in_python(tip)}"
        for (state, problem, tip), where in places.items()
    ]
    count = sum(len(it) for it in places.values())
    return "\n".join([f"{count} of {len(checked)} queries are not fed", *told]) if told else ""


def _in_python(tip: str) -> str:
    """The tip with the argument that stands for an option of the command line."""
    return TARGET_LABEL.sub(lambda it: f"target_labels={[it[1]]}", tip)


def _default() -> Any:
    from prometheus_client import REGISTRY

    return REGISTRY
