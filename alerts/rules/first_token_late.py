"""Answers of language models that begin later than promised."""

from collections.abc import Iterator

from tailboard.alerts.percentile_alert import build_percentile_rules
from tailboard.alerts.rule import AlertRule, Note
from tailboard.alerts.template import DURATION_TEMPLATE, escape_template
from tailboard.panels import llm
from tailboard.panels.concept import FIRST_TOKEN
from tailboard.panels.objective import list_objectives
from tailboard.panels.objectives import format_percentile
from tailboard.panels.service import Service

NAME = "FirstTokenLate"


def first_token_late(service: Service) -> Iterator[AlertRule | Note]:
    """Answers begin later than the service promises, at the percentile of the promise.

    Look whether requests wait: then there are too few instances, or the key-value cache is full of
    long prompts. If none waits, look at which model is late, whether prompts grew, and whether the
    prefix cache still answers; of a provider's model, at its status page. It takes more late
    answers than chance brings.
    """
    for objective in list_objectives(service):
        if objective.concept is not FIRST_TOKEN:
            continue
        yield from build_percentile_rules(
            service,
            objective,
            NAME,
            panel=llm.first_token,
            summary=f"{format_percentile(objective.target)} of the first token of "
            f"{escape_template(service.name)} is {DURATION_TEMPLATE}",
            complaint="waits for its first token longer than",
            advice="Look first whether requests wait for a model, then which model is late, then "
            "whether the prompts grew.",
        )
