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

TARGET_LABEL_OPTION = re.compile(r"--target-label (\w+)")
FeedAssertion = Callable[..., None]


def pytest_configure(config: pytest.Config) -> None:
    """Warn of a module of the application that `import tailboard` does not find any more."""
    shadowed = config.rootpath / "tailboard.py"
    if shadowed.is_file():
        config.issue_config_time_warning(
            pytest.PytestWarning(
                f"{shadowed} has the name of the installed package tailboard, which "
                "`import tailboard` means in these tests; rename the file."
            ),
            stacklevel=2,
        )


@pytest.fixture
def fed() -> FeedAssertion:
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
        problems = _describe_unfed_queries(
            _validate_paths(definitions),
            registry,
            _list_values(metrics),
            _list_values(target_labels),
        )
    except (DefinitionError, TailboardError, OSError) as error:
        problems = str(error)
    if problems:
        from tailboard.cli.reports.terminal import escape_lines

        pytest.fail(escape_lines(problems), pytrace=False)


def _validate_paths(definitions: Iterable[Any]) -> list[Path]:
    """Where the definitions are; raises `TailboardError` where none is named, or something else."""
    from tailboard.publish.errors import TailboardError

    definitions = list(definitions)
    if not definitions:
        raise TailboardError(
            "no definition is named, so nothing would be asked of the metrics",
            tip='name the definitions first: fed("monitoring/orders.py", registry=REGISTRY).',
        )
    for definition in definitions:
        if not isinstance(definition, str | os.PathLike):
            if callable(getattr(definition, "collect", None)):
                tip = 'give the registry by its keyword: fed("orders.py", registry=REGISTRY).'
            else:
                tip = "name each definition by itself, as text or a Path; all else has a keyword."
            raise TailboardError(
                f"a {type(definition).__name__} is not the path of a definition", tip=tip
            )
    return [Path(definition) for definition in definitions]


def _list_values(values: str | Iterable[str]) -> list[str]:
    """All that is given; text is one, and not its letters."""
    return [values] if isinstance(values, str) else list(values)


def _describe_unfed_queries(
    definitions: list[Path],
    registry: Any,
    sources: list[str],
    target_labels: list[str],
) -> str:
    """What is not fed, and what to do about it; nothing where all is."""
    from tailboard import settings
    from tailboard.check.engine import format_names
    from tailboard.check.may_be_empty import NAME, apply_allowances
    from tailboard.check.query_states import check_queries
    from tailboard.findings.exclusion import parse_allowance
    from tailboard.lint.subjects import read_subjects
    from tailboard.metrics.catalogue import Catalogue
    from tailboard.metrics.exposition_source import read_source
    from tailboard.metrics.registry import read_registry

    catalogue = Catalogue()
    if registry is not None or not sources:
        read_registry(
            registry if registry is not None else _find_default_registry(),
            catalogue,
            "the registry",
        )
    for source in sources:
        read_source(source, catalogue)
    entries = settings.read_settings(Path.cwd()).get(NAME, [])
    allowances = [parse_allowance(entry, NAME, "the settings") for entry in entries]
    query_subjects = read_subjects(definitions)
    results, _ = apply_allowances(
        check_queries(query_subjects, catalogue, target_labels), allowances, "the settings"
    )
    places: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        if not result.is_fine:
            places.setdefault((result.state, result.problem, result.tip), []).append(
                str(result.place)
            )
    descriptions = [
        f"{format_names(query_places)}: {state}: {problem}\n  Tip: {_convert_tip(tip)}"
        for (state, problem, tip), query_places in places.items()
    ]
    count = sum(len(query_places) for query_places in places.values())
    return (
        "\n".join([f"{count} of {len(results)} queries are not fed", *descriptions])
        if descriptions
        else ""
    )


def _convert_tip(tip: str) -> str:
    """The tip with the argument that stands for an option of the command line."""
    return TARGET_LABEL_OPTION.sub(lambda match: f"target_labels={[match[1]]}", tip)


def _find_default_registry() -> Any:
    from prometheus_client import REGISTRY

    return REGISTRY
