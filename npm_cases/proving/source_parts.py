"""A module taken apart into its top-level statements: what each binds, what it uses, and its text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

PACKAGE = "npm_cases"


class CannotBeOne(Exception):
    """Modules cannot be put into one file as they are; the message says which statement stands in the way."""


@dataclass(frozen=True)
class Statement:
    """One top-level statement with the comments above it; lines count from 1."""

    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]
    first: int
    last: int


@dataclass
class Module:
    """One module: its statements in order, and where each imported name comes from.

    ``own`` are imports from the package by local name, as (module, name there); ``others`` are lines that import
    everything else, by local name.
    """

    name: str
    lines: list[str]
    doc: str = ""
    statements: list[Statement] = field(default_factory=list)
    own: dict[str, tuple[str, str]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def binding(self, name: str) -> Statement | None:
        """Return the statement that binds a name of the module."""
        return next((statement for statement in self.statements if name in statement.binds), None)


def parsed(name: str, source: str) -> Module:
    """Take a module apart. Raises CannotBeOne for a top-level statement that binds nothing."""
    tree = ast.parse(source)
    module = Module(name, source.split("\n"), ast.get_docstring(tree) or "")
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            _take_import(module, node)
        elif not _is_left_out(node):
            _take_statement(module, node)
    return module


def _take_import(module: Module, node: ast.Import | ast.ImportFrom) -> None:
    source = node.module if isinstance(node, ast.ImportFrom) else None
    for alias in node.names:
        local = alias.asname or alias.name.partition(".")[0]
        renamed = f" as {alias.asname}" if alias.asname else ""
        if source and source.startswith(PACKAGE + "."):
            module.own[local] = source, alias.name
        elif source:
            module.others[local] = f"from {source} import {alias.name}{renamed}"
        elif alias.name.partition(".")[0] == PACKAGE:
            raise CannotBeOne(f"{module.name} line {node.lineno}: import names from {alias.name}, not the module")
        else:
            module.others[local] = f"import {alias.name}{renamed}"


def _is_left_out(node: ast.stmt) -> bool:
    """Leave out texts that stand alone, and what runs only when the module itself is started."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and ast.unparse(node.test.left) == "__name__"


def _take_statement(module: Module, node: ast.stmt) -> None:
    binds = frozenset(_bound(node))
    if not binds:
        raise CannotBeOne(f"{module.name} line {node.lineno}: a statement that binds no name cannot be carried over")
    for inner in ast.walk(node):
        if isinstance(inner, ast.ImportFrom) and (inner.module or "").startswith(PACKAGE):
            raise CannotBeOne(f"{module.name} line {inner.lineno}: import from {inner.module} at the top")
    uses = frozenset(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    while first > 1 and module.lines[first - 2].startswith("#"):
        first -= 1
    module.statements.append(Statement(node, binds, uses, first, node.end_lineno or node.lineno))


def _bound(node: ast.stmt) -> Iterator[str]:
    """Name what a statement binds in its module, in all its branches."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name))
    else:
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.stmt):
                yield from _bound(inner)
            elif isinstance(inner, ast.ExceptHandler):
                yield from (name for statement in inner.body for name in _bound(statement))
