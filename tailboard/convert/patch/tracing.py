"""A definition run so that each panel is known by the expression of the file that built it."""

import ast
import copy
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tailboard.dashboards import Dashboard, Row
from tailboard.definitions.exceptions import convert_exceptions
from tailboard.definitions.python_definition import list_declarations, run_definition
from tailboard.panels.definition_error import DefinitionError

TRACER = "__tailboard_trace__"
TRACED_NODES = (ast.Call, ast.Name, ast.Dict, ast.Subscript)


class UndeclaredDashboardError(DefinitionError):
    """A definition does not declare a dashboard of this uid."""


@dataclass
class Trace:
    """A definition's syntax tree, its dashboard, and what each expression was when it ran.

    `neighbors` are its other dashboards and its rules; `order` says which expression had its first
    value earlier: that of a function's call comes after those in the function.
    """

    text: str
    tree: ast.Module
    dashboard: Dashboard
    neighbors: Sequence[Any] = ()
    values: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    nodes: Sequence[ast.expr] = ()
    order: dict[int, int] = field(default_factory=dict)

    def find_call(self, value: object) -> ast.Call | None:
        """The innermost call that returned an object, and ran once."""
        indexes = [
            index
            for index, node in enumerate(self.nodes)
            if isinstance(node, ast.Call) and self._is_only_value(index, value)
        ]
        return self._find_first(indexes)

    def find_shared_calls(self, value: object) -> list[ast.Call]:
        """The calls that returned an object and others too, the innermost ones first."""
        indexes = [
            index
            for index, node in enumerate(self.nodes)
            if isinstance(node, ast.Call)
            and len(self.values[index]) > 1
            and any(entry is value for entry in self.values[index])
        ]
        return [
            node
            for index in sorted(indexes, key=self.order.__getitem__)
            if isinstance(node := self.nodes[index], ast.Call)
        ]

    def is_in_other_module(self, value: object) -> bool:
        """Whether no call of the file returned an object."""
        return not any(
            entry is value
            for index, node in enumerate(self.nodes)
            if isinstance(node, ast.Call)
            for entry in self.values[index]
        )

    def count_values(self, call: ast.Call) -> int:
        """How many objects a call returned."""
        (index,) = (index for index, node in enumerate(self.nodes) if node is call)
        return len({id(value) for value in self.values[index]})

    def find_row_list(self) -> ast.List | None:
        """The list of the dashboard's rows, if it is written out: an element for each row."""
        call = self.find_call(self.dashboard)
        if call is None:
            return None
        lists = [*call.args[1:2], *(kw.value for kw in call.keywords if kw.arg == "rows")]
        return next(
            (
                node
                for node in lists
                if isinstance(node, ast.List)
                and len(node.elts) == len(self.dashboard.rows)
                and not any(isinstance(element, ast.Starred) for element in node.elts)
            ),
            None,
        )

    def find_row_element(self, row: Row) -> ast.expr | None:
        """The expression of a row in the list of the dashboard."""
        node = self.find_row_list()
        if node is None:
            return None
        elements = zip(node.elts, self.dashboard.rows, strict=True)
        return next((element for element, entry in elements if entry is row), None)

    def find_row_call(self, row: Row) -> ast.Call | None:
        """The innermost call that returned a row, or the row that a layout of tabs copied."""
        indexes = [
            index
            for index, node in enumerate(self.nodes)
            if isinstance(node, ast.Call)
            and len(self.values[index]) == 1
            and isinstance(self.values[index][0], Row)
            and self.values[index][0].panels is row.panels
        ]
        last_row = self.values[max(indexes, key=self.order.__getitem__)][0] if indexes else None
        return self._find_first([index for index in indexes if self.values[index][0] is last_row])

    def find_elements(self, row: Row) -> tuple[ast.List, list[ast.expr]] | None:
        """The list of a row's panels, if it is written out: an element for each panel."""
        for candidate in self.find_panel_lists(row):
            if (
                isinstance(candidate, ast.List)
                and len(candidate.elts) == len(row.panels)
                and not any(isinstance(element, ast.Starred) for element in candidate.elts)
            ):
                return candidate, candidate.elts
        return None

    def find_panel_lists(self, row: Row) -> list[ast.expr]:
        """The expression of a row's panels, in the call that only this row comes from."""
        call = self.find_row_call(row)
        if call is None:
            return []
        return [*call.args[1:2], *(kw.value for kw in call.keywords if kw.arg == "panels")]

    def _find_first(self, indexes: Sequence[int]) -> ast.Call | None:
        """The call that returned first of those that returned the same object: the innermost."""
        index = min(indexes, key=self.order.__getitem__, default=None)
        node = None if index is None else self.nodes[index]
        return node if isinstance(node, ast.Call) else None

    def _is_only_value(self, index: int, value: object) -> bool:
        values = self.values[index]
        return len(values) == 1 and values[0] is value


def trace_definition(text: str, path: Path, uid: str) -> Trace:
    """Run a definition and find the dashboard of a uid; raises `DefinitionError` without one."""
    with convert_exceptions(path):
        tree = ast.parse(text)
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, TRACED_NODES) and not isinstance(getattr(node, "ctx", None), ast.Store)
    ]
    values: dict[int, list[Any]] = defaultdict(list)
    order: dict[int, int] = {}

    def record_value(index: int, value: Any) -> Any:
        values[index].append(value)
        order.setdefault(index, len(order))
        return value

    traced_tree = _Instrumenter().visit(copy.deepcopy(tree))
    code = compile(ast.fix_missing_locations(traced_tree), str(path), "exec", dont_inherit=True)
    module = run_definition(path, code, {TRACER: record_value})
    with convert_exceptions(path):
        declarations = list(list_declarations(module, []))
    for dashboard in declarations:
        if isinstance(dashboard, Dashboard) and dashboard.uid == uid:
            neighbors = [entry for entry in declarations if entry is not dashboard]
            return Trace(text, tree, dashboard, neighbors, values, nodes, order)
    raise UndeclaredDashboardError(
        f"{path} does not declare the dashboard {uid} itself",
        tip="name the definition that does, or use `tailboard pull UID --python`.",
    )


class _Instrumenter(ast.NodeTransformer):
    """Wraps each expression in a call that records its value, by its number in `ast.walk`."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        numbered_nodes = [
            expression
            for expression in ast.walk(node)
            if isinstance(expression, TRACED_NODES)
            and not isinstance(getattr(expression, "ctx", None), ast.Store)
        ]
        self._numbers = {id(expression): index for index, expression in enumerate(numbered_nodes)}
        self.generic_visit(node)
        return node

    def visit(self, node: ast.AST) -> Any:
        """The node, or the call around it."""
        number = getattr(self, "_numbers", {}).get(id(node))
        if isinstance(node, ast.Module):
            return self.visit_Module(node)
        if isinstance(node, ast.arguments | ast.keyword) or number is None:
            return self.generic_visit(node)
        visited_node = self.generic_visit(node)
        if not isinstance(visited_node, ast.expr) or _is_target(node):
            return visited_node
        return ast.copy_location(
            ast.Call(
                func=ast.Name(id=TRACER, ctx=ast.Load()),
                args=[ast.Constant(value=number), visited_node],
                keywords=[],
            ),
            node,
        )


def _is_target(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Subscript) and not isinstance(node.ctx, ast.Load)
