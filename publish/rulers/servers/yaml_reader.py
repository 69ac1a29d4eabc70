"""YAML of servers and rule files: every scalar is a text, and nothing in it can grow."""

from typing import Any

MAX_DEPTH = 50


def parse_yaml(content: bytes) -> Any:
    """The value of a YAML text, with texts for all scalars.

    Raises `ValueError` for what is no YAML but a page, has anchors, which small texts can grow with
    beyond measure, or is nested deeper than rules are.
    """
    import yaml

    if content.lstrip()[:1] == b"<":
        raise ValueError("a page")
    loader_class = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _check_events(yaml.parse(content, Loader=loader_class), yaml)
        return yaml.load(content, Loader=loader_class)  # noqa: S506 - it only makes texts
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error


def render_plain_yaml(content: Any) -> bytes:
    """The content as YAML in UTF-8, with its keys in the order given."""
    import yaml

    class RulesDumper(yaml.SafeDumper):
        """Writes texts of several lines as blocks, so that a mark stays a line of its own.

        A text with other line breaks (NEL, U+2028) is in double quotes, which escape them.
        """

    def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        is_plain = all(line.isprintable() for line in text.split("\n"))
        style = ("|" if "\n" in text else None) if is_plain else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    RulesDumper.add_representer(str, represent_text)
    text: str = yaml.dump(
        content, Dumper=RulesDumper, allow_unicode=True, sort_keys=False, width=1000
    )
    return text.encode()


def _check_events(events: Any, yaml: Any) -> None:
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("an alias")  # noqa: TRY004 - of the text, not of an argument
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
