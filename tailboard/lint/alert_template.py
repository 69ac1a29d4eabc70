"""Prometheus' templates for labels and annotations, read as Go's text/template reads them.

https://pkg.go.dev/text/template#hdr-Actions (grammar: text/template/parse/lex.go, parse.go)
https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from tailboard.panels.lazy_pattern import declare_pattern

GO_FUNCTIONS = frozenset(
    (
        "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne"
    ).split()
)
PROMETHEUS_FUNCTIONS = frozenset(
    (
        "query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower"
        " graphLink tableLink sortByLabel stripPort stripDomain humanize humanize1024"
        " humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration now pathPrefix"
        " externalURL parseDuration urlQueryEscape"
    ).split()
)
PROMETHEUS_VARIABLES = ("$labels", "$externalLabels", "$externalURL", "$value")
ROOT_FIELDS = frozenset({"Labels", "ExternalLabels", "ExternalURL", "Value"})
"""What `.` has outside of `range`, `with` and `define`; it is another value inside."""

MAX_DEPTH = 100

SPACE = " \t\r\n"
LEFT_DELIMITER = "{{"
COMMENT = declare_pattern(r"/\*(?s:.*?)\*/")
RIGHT_DELIMITER = declare_pattern(rf"(?:[{SPACE}]-)?\}}\}}")
TRIMMED_RIGHT_DELIMITER = declare_pattern(rf"[{SPACE}]+-\}}\}}")
TOKENS = (
    ("space", declare_pattern(rf"[{SPACE}]+")),
    ("declare", declare_pattern(r":=")),
    ("assign", declare_pattern(r"=")),
    ("pipe", declare_pattern(r"\|")),
    ("string", declare_pattern(r'"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`')),
    ("character", declare_pattern(r"'(?:[^'\\\n]|\\[^\n])*'")),
    ("variable", declare_pattern(r"\$\w*")),
    ("field", declare_pattern(r"\.[^\W\d]\w*")),
    ("number", declare_pattern(r"[+-]?\.?\d(?:[eEpP][+-]\d|[+-](?=[\d.]+i)|[\w.])*")),
    ("dot", declare_pattern(r"\.")),
    ("word", declare_pattern(r"\w+")),
    ("open", declare_pattern(r"\(")),
    ("close", declare_pattern(r"\)")),
    ("mark", declare_pattern(r"[!#-&(-_a-~]")),
)
WORD_END = declare_pattern(rf"[{SPACE}.,|:()]|\}}\}}|\Z")
NUMBER = (
    r"[+-]?(?:0[xX][0-9a-fA-F_]+(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?\d+)?|0[bB][01_]+|0[oO]?[0-7_]+|0"
    r"|[1-9][\d_]*|(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?|\d[\d_]*[eE][+-]?\d+)"
)
VALID_NUMBER = declare_pattern(rf"{NUMBER}(?:(?:[+-][\d.]+)?i)?")
ESCAPE = r"(?:[abfnrtv\\%s]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
VALID_CHARACTER = declare_pattern(rf"'(?:[^'\\\n]|\\{ESCAPE % chr(39)})'")
VALID_STRING = declare_pattern(rf'`[^`]*`|"(?:[^"\\\n]|\\{ESCAPE % chr(34)})*"')
WORD_KINDS = {
    **{
        word: word
        for word in "block break continue define else end if nil range template with".split()
    },
    "true": "boolean",
    "false": "boolean",
}
"""The kinds of the tokens that are words, but no names of functions."""

LITERALS = frozenset({"boolean", "character", "dot", "nil", "number", "string"})
OPERANDS = LITERALS | {"word", "variable", "field", "open"}


@dataclass(frozen=True)
class Token:
    """One token of an action, or the text between two actions."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class AlertTemplate:
    """What a template reads, and why it cannot be parsed.

    `labels` are those of the alert that it shows whatever they are: those that it tests with `if`,
    `with` or `or`, and those that it shows behind such a test, are not among them. `fields` are
    what it asks `.` for at the top level; `has_value` is whether it shows the value.
    """

    problem: str = ""
    labels: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    queries: tuple[str, ...] = ()
    has_value: bool = False


@lru_cache(maxsize=4096)
def read_template(text: str) -> AlertTemplate:
    """The template of a label or an annotation."""
    if LEFT_DELIMITER not in text:
        return AlertTemplate()
    try:
        parser = _Parser(_list_tokens(text))
        parser.parse()
    except _TemplateError as error:
        return AlertTemplate(problem=str(error))
    except RecursionError:
        return AlertTemplate(problem="it is nested too deep")
    shown_labels = frozenset(parser.labels - parser.tested_labels)
    return AlertTemplate(
        "",
        shown_labels,
        frozenset(parser.fields),
        tuple(parser.queries),
        parser.has_value,
    )


class _TemplateError(ValueError):
    """Why a template cannot be parsed."""


def _list_tokens(text: str) -> list[Token]:
    """The tokens of a template; Go's lexer reports an error only when the parser gets there."""
    tokens: list[Token] = []
    position, line = 0, 1
    while True:
        start = text.find(LEFT_DELIMITER, position)
        content = text[position:] if start < 0 else text[position:start]
        if content:
            tokens.append(Token("text", content, line))
            line += content.count("\n")
        if start < 0:
            tokens.append(Token("end of text", "", line))
            return tokens
        position = start + len(LEFT_DELIMITER)
        if text[position : position + 1] == "-" and text[position + 1 : position + 2] in {*SPACE}:
            position += 2 if text.startswith("/*", position + 2) else 1
        if text.startswith("/*", position):
            position = _skip_comment(text, position, tokens, line)
            if position < 0:
                return tokens
            continue
        tokens.append(Token("left", LEFT_DELIMITER, line))
        position = _add_action(text, position, tokens)
        if position < 0:
            return tokens
        line = tokens[-1].line


def _skip_comment(text: str, position: int, tokens: list[Token], line: int) -> int:
    match = COMMENT.match(text, position)
    end = RIGHT_DELIMITER.match(text, match.end()) if match else None
    if match is None or end is None:
        problem = "comment ends before closing delimiter" if match else "unclosed comment"
        tokens.append(Token("error", problem, line))
        return -1
    return end.end()


def _add_action(text: str, position: int, tokens: list[Token]) -> int:
    """Add the tokens of one action; the position behind it, or -1 after an error."""
    line, depth = tokens[-1].line, 0
    while True:
        end = RIGHT_DELIMITER.match(text, position) or TRIMMED_RIGHT_DELIMITER.match(text, position)
        if end:
            kind, content = ("error", "unclosed left paren") if depth else ("right", end[0])
            tokens.append(Token(kind, content, line))
            return -1 if depth else end.end()
        kind, content = _match_token(text, position)
        depth += (kind == "open") - (kind == "close")
        if depth < 0:
            kind, content = "error", "unexpected right paren"
        tokens.append(Token(kind, content, line))
        if kind == "error":
            return -1
        position += len(content)
        line += content.count("\n")


def _match_token(text: str, position: int) -> tuple[str, str]:
    """The kind and the text of the next token; of an error, why it is one."""
    matches = ((kind, pattern.match(text, position)) for kind, pattern in TOKENS)
    kind, match = next(((kind, match) for kind, match in matches if match), ("", None))
    if match is None:
        return "error", _describe_character(text[position : position + 1])
    if kind in {"variable", "field", "word", "dot"} and not WORD_END.match(text, match.end()):
        return "error", f"bad character {text[match.end()]!r}"
    if kind == "number" and not VALID_NUMBER.fullmatch(match[0]):
        return "error", f"bad number syntax: {match[0]!r}"
    if kind == "word":
        return WORD_KINDS.get(match[0], kind), match[0]
    return kind, match[0]


def _describe_character(character: str) -> str:
    if not character:
        return "unclosed action"
    if character in "\"'`":
        return "unterminated quoted string"
    return f"unrecognized character in action: {character!r}"


@dataclass
class _Parser:
    """Reads the tokens by the grammar; the first error ends it, as in Go."""

    tokens: list[Token]
    position: int = 0
    variables: list[str] = field(default_factory=lambda: ["$", *PROMETHEUS_VARIABLES])
    range_depth: int = 0
    dot_depth: int = 0
    test_depth: int = 0
    condition_depth: int = 0
    depth: int = 0
    labels: set[str] = field(default_factory=set)
    tested_labels: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    queries: list[str] = field(default_factory=list)
    has_value: bool = False

    def parse(self) -> None:
        """The whole template."""
        while self._peek().kind != "end of text":
            terminator = self._parse_node(is_top_level=True)
            if terminator:
                raise _TemplateError(f"unexpected {{{{{terminator}}}}}")

    def _peek(self, *, is_space_skipped: bool = True) -> Token:
        while is_space_skipped and self.tokens[self.position].kind == "space":
            self.position += 1
        token = self.tokens[self.position]
        if token.kind == "error":
            raise _TemplateError(token.text)
        return token

    def _next(self, *, is_space_skipped: bool = True) -> Token:
        token = self._peek(is_space_skipped=is_space_skipped)
        self.position += 1
        return token

    def _expect(self, kind: str, context: str) -> Token:
        token = self._next()
        if token.kind != kind:
            raise _TemplateError(f"unexpected {token.text or 'end'!r} in {context}")
        return token

    def _parse_node(self, *, is_top_level: bool = False) -> str:
        """One text or action; `end` or `else` where it is one of these."""
        token = self._next()
        if token.kind == "text":
            return ""
        if token.kind != "left":
            raise _TemplateError(f"unexpected {token.text!r} in input")
        keyword = self._peek().kind
        if keyword == "define" and is_top_level:
            self._parse_define()
        elif keyword == "end":
            self._next()
            self._expect("right", "end")
            return "end"
        elif keyword == "else":
            self._next()
            if self._peek().kind not in {"if", "with"}:
                self._expect("right", "else")
            return "else"
        elif keyword in {"if", "with", "range"}:
            self._next()
            self._parse_control(keyword)
        elif keyword in {"break", "continue"}:
            self._parse_jump(keyword)
        elif keyword in {"template", "block"}:
            self._parse_template(keyword)
        else:
            self._parse_pipeline("command", "right")
        return ""

    def _parse_list(self) -> str:
        """Nodes up to the next `end` or `else` of this level."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TemplateError(f"it is nested more than {MAX_DEPTH} deep")
        while True:
            if self._peek().kind == "end of text":
                raise _TemplateError("unexpected EOF: an {{ end }} is missing")
            if terminator := self._parse_node():
                self.depth -= 1
                return terminator

    def _parse_control(self, keyword: str) -> None:
        variable_count = len(self.variables)
        self.test_depth += keyword != "range"
        self._parse_pipeline(keyword, "right")
        self.test_depth -= keyword != "range"
        self.range_depth += keyword == "range"
        self.dot_depth += keyword != "if"
        self.condition_depth += 1
        terminator = self._parse_list()
        self.range_depth -= keyword == "range"
        self.dot_depth -= keyword != "if"
        if terminator == "else":
            if keyword in {"if", "with"} and self._peek().kind == keyword:
                self._next()
                self._parse_control(keyword)
            elif self._parse_list() != "end":
                raise _TemplateError("expected end; found {{else}}")
        self.condition_depth -= 1
        del self.variables[variable_count:]

    def _parse_jump(self, keyword: str) -> None:
        self._next()
        self._expect("right", f"{{{{{keyword}}}}}")
        if not self.range_depth:
            raise _TemplateError(f"{{{{{keyword}}}}} outside {{{{range}}}}")

    def _parse_define(self) -> None:
        self._next()
        self._parse_string(self._expect("string", "define clause"))
        self._expect("right", "define clause")
        self._parse_body("define clause")

    def _parse_body(self, context: str) -> None:
        """The body of a template within the template, which has variables of its own."""
        outer_variables, self.variables = self.variables, ["$"]
        self.dot_depth += 1
        if self._parse_list() != "end":
            raise _TemplateError(f"unexpected {{{{else}}}} in {context}")
        self.dot_depth -= 1
        self.variables = outer_variables

    def _parse_template(self, keyword: str) -> None:
        context = f"{keyword} clause"
        self._next()
        self._parse_string(self._expect("string", context))
        if keyword == "block":
            self._parse_pipeline(context, "right")
            self._parse_body(context)
        elif self._peek().kind == "right":
            self._next()
        else:
            self._parse_pipeline(context, "right")

    def _parse_pipeline(self, context: str, end: str) -> None:
        self._parse_declarations(context)
        commands: list[list[Token]] = []
        while self._peek().kind != end:
            if self._peek().kind not in OPERANDS:
                raise _TemplateError(f"unexpected {self._peek().text!r} in {context}")
            commands.append(self._parse_command())
        self._next()
        if not commands:
            raise _TemplateError(f"missing value for {context}")
        for number, command in enumerate(commands[1:], 2):
            if command[0].kind in LITERALS:
                raise _TemplateError(f"non executable command in pipeline stage {number}")
        self._collect_query(commands)

    def _parse_declarations(self, context: str) -> None:
        declaration_count = 0
        while self._peek().kind == "variable":
            start = self.position
            variable = self._next().text
            token = self._peek()
            if token.kind in {"assign", "declare"}:
                self._next()
                self.variables.append(variable)
                return
            if token.text != ",":
                self.position = start
                return
            self._next()
            self.variables.append(variable)
            declaration_count += 1
            if context != "range" or declaration_count > 1:
                raise _TemplateError(f"too many declarations in {context}")
            if self._peek().kind not in {"variable", "right", "close"}:
                raise _TemplateError("range can only initialize variables")

    def _parse_command(self) -> list[Token]:
        """The first tokens of the operands of one command."""
        operands: list[Token] = []
        start = self.position
        while True:
            if self._peek().kind in OPERANDS:
                operands.append(self._parse_operand())
            token = self._peek(is_space_skipped=False)
            if token.kind == "space":
                self.position += 1
                if self._peek().kind in {"right", "close"}:
                    break
                continue
            if token.kind == "pipe":
                self.position += 1
                break
            if token.kind in {"right", "close"}:
                break
            raise _TemplateError(f"unexpected {token.text!r} in operand")
        if not operands:
            raise _TemplateError("empty command")
        self._collect_indexed_label(self.tokens[start : self.position])
        return operands

    def _parse_operand(self) -> Token:
        token = self._next()
        if token.kind == "word":
            if token.text not in GO_FUNCTIONS | PROMETHEUS_FUNCTIONS:
                raise _TemplateError(f"function {token.text!r} not defined")
        elif token.kind == "variable" and token.text not in self.variables:
            raise _TemplateError(f"undefined variable {token.text!r}")
        elif token.kind == "string":
            self._parse_string(token)
        elif token.kind == "character" and not VALID_CHARACTER.fullmatch(token.text):
            raise _TemplateError(f'{token.text} is no single character; texts stand in "')
        elif token.kind == "open":
            self._parse_parentheses()
        path = [token.text]
        while self._peek(is_space_skipped=False).kind == "field":
            if token.kind in LITERALS:
                raise _TemplateError(f"unexpected . after term {token.text!r}")
            path.append(self._next(is_space_skipped=False).text)
        if token.kind in {"field", "variable"}:
            self._collect_path(path)
        return token

    def _parse_parentheses(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TemplateError(f"it is nested more than {MAX_DEPTH} deep")
        self._parse_pipeline("parenthesized pipeline", "close")
        self.depth -= 1

    def _parse_string(self, token: Token) -> None:
        if not VALID_STRING.fullmatch(token.text):
            raise _TemplateError(f"invalid syntax of the text {token.text}")

    def _collect_path(self, path: list[str]) -> None:
        """Which label or field a chain of names reads."""
        if path[:1] == ["$"]:
            path = path[1:]
        elif path and path[0].startswith(".") and self.dot_depth:
            return
        first = path[0] if path else ""
        if first in {"$labels", ".Labels"} and len(path) > 1:
            self._collect_label(path[1].removeprefix("."))
        is_value = first in {"$value", ".Value"} and not self.test_depth
        self.has_value = self.has_value or is_value
        if first.startswith("."):
            self.fields.add(first.removeprefix("."))

    def _collect_label(self, name: str) -> None:
        if self.test_depth:
            self.tested_labels.add(name)
        elif not self.condition_depth:
            self.labels.add(name)

    def _collect_indexed_label(self, command: list[Token]) -> None:
        """The label that `index $labels "name"` reads."""
        words = [token.text for token in command if token.kind != "space"]
        if words[:1] == ["or"]:
            self.tested_labels |= {word.removeprefix(".") for word in words if word[0] == "."}
        match words:
            case ["index", "$labels" | ".Labels", name, *_] if name[0] in '"`':
                self._collect_label(name[1:-1])

    def _collect_query(self, commands: list[list[Token]]) -> None:
        """The PromQL that `query` is called with, where it is written out."""
        for index, command in enumerate(commands):
            if command[0].text != "query":
                continue
            arguments = command[1:] or (commands[index - 1] if index else [])
            if len(arguments) == 1 and arguments[0].kind == "string":
                self.queries.append(_unquote(arguments[0].text))


def _unquote(text: str) -> str:
    inner = text[1:-1]
    return inner if text[0] == "`" else re.sub(r"\\(.)", r"\1", inner)
