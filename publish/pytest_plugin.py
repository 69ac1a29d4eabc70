"""For an application's own tests: its registry feeds its dashboards and rules.

```python
def test_my_metrics_feed_my_dashboards(fed):
    fed("monitoring/orders.py", registry=REGISTRY, target_labels=["env"])
```
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

Fed = Callable[..., None]


@pytest.fixture
def fed() -> Fed:
    """Assert that metrics feed every query of some definitions; see `assert_fed`."""
    return assert_fed


def assert_fed(
    *definitions: str | Path,
    registry: Any = None,
    metrics: Iterable[str] = (),
    target_labels: Iterable[str] = (),
) -> None:
    """Fail with every query that a registry, or metrics as text at URLs and in files, cannot feed.

    Without either it is prometheus-client's default registry. `target_labels` are those that
    Prometheus adds to the application's own. What the project's settings allow in `may_be_empty`
    may be absent here too.
    """
    # Here, since every run of pytest loads this module.
    from publish import settings
    from publish.checking import check
    from publish.exclusion import allowance
    from publish.exposition import Catalogue, read
    from publish.http.address import shown
    from publish.linted import subjects
    from publish.may_be_empty import NAME, with_reasons
    from publish.metrics_source import lines
    from publish.registry import exposed

    catalogue = Catalogue()
    sources = list(metrics)
    if registry is not None or not sources:
        read(exposed(registry or _default()), catalogue, "the registry")
    for source in sources:
        read(lines(source), catalogue, shown(source))
    given = settings.read(Path.cwd()).get(NAME, [])
    allowed = [allowance(it, NAME, "the settings") for it in given]
    asked = subjects(Path(it) for it in definitions)
    checked, _ = with_reasons(check(asked, catalogue, target_labels), allowed, "the settings")
    wrong = [it for it in checked if not it.fine]
    if wrong:
        told = "\n".join(f"{it.place}: {it.state}: {it.problem}\n  Tip: {it.tip}" for it in wrong)
        pytest.fail(f"{len(wrong)} of {len(checked)} queries are not fed\n{told}", pytrace=False)


def _default() -> Any:
    from prometheus_client import REGISTRY

    return REGISTRY
