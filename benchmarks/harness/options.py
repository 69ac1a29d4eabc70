"""Options that several commands share."""

import click

POSITIVE_COUNT = click.IntRange(min=1)
INSTANCES = click.option(
    "--instances",
    type=POSITIVE_COUNT,
    default=70,
    show_default=True,
    help="How many instances the service has whose overview is loaded, 1512 bucket series each.",
)
ROUNDS = click.option(
    "--rounds",
    type=POSITIVE_COUNT,
    default=3,
    show_default=True,
    help="How often its overview is loaded.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
