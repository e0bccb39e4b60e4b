"""The verifier and the witness as one file that an auditor can read, carry, and run beside a bundle.

``python -m npm_cases.proving.one_file TARGET`` writes it. Only what the two programs use is carried over, word for word
but for names that two modules have: those are told apart by the name of their module.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import npm_cases
from npm_cases.proving.source_parts import PACKAGE, CannotBeOne, Module, Statement, parsed

VERIFIER = (f"{PACKAGE}.proving.verifier", "main")
WITNESS = (f"{PACKAGE}.proving.witness", "main")
_ROOT = Path(npm_cases.__file__).parent

Named = tuple[str, str]
"""A name of a module: (module, name)."""

_HEADER = '''#!/usr/bin/env python3
"""Verify an export bundle of a case history without the system that made it: npm_verify.py, of npm-cases {version}.

    python npm_verify.py BUNDLE --key VKEY --kept FILE --witness VKEY --receipt CASE:SEQ:LEAF
    python npm_verify.py --help
    python npm_verify.py witness --help

Needs Python 3.11 or newer and the library `cryptography` (for Ed25519 alone); no database, no network. Exit code 0: no
findings. 8: findings. 7: the bundle or something given beside it cannot be read. 2: wrong use. Keys and kept checkpoints
are yours to bring: what only the bundle says proves nothing. This file was put together from modules of npm-cases; the
line above each part names its module.
"""
'''
_FOOTER = """

if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.exit({witness}(asked[1:]) if asked[:1] == ["witness"] else {verifier}(asked))
"""


def one_file() -> str:
    """Return the text of the one file.

    Raises CannotBeOne when modules cannot be put together without changing what they do.
    """
    return _Joined((VERIFIER, WITNESS)).text()


class _Joined:
    """The modules that the given names reach, with every name they need under one roof."""

    def __init__(self, wanted: Sequence[Named]) -> None:
        self._wanted = wanted
        self._modules: dict[str, Module] = {}
        self._kept: dict[str, set[Statement]] = {}
        self._imports: dict[str, str] = {"sys": "import sys"}
        for module, name in wanted:
            self._need(module, name)
        self._called = self._names()

    def text(self) -> str:
        parts = [_HEADER.format(version=npm_cases.__version__), *sorted(set(self._imports.values()))]
        for module in self._in_order():
            parts.append(f"\n\n# ---- {module.name}\n{_as_comment(module.doc)}")
            parts += [
                self._written(module, statement)
                for statement in module.statements
                if statement in self._kept[module.name]
            ]
        verifier, witness = (self._called[named] for named in self._wanted)
        return "\n".join(parts) + _FOOTER.format(verifier=verifier, witness=witness)

    def _need(self, module_name: str, name: str) -> None:
        """Keep the statement that binds a name, and all that it uses."""
        module = self._module(module_name)
        if name in module.own:
            self._need(*module.own[name])
            return
        statement = module.binding(name)
        if statement is None:
            self._import(module, name)
        elif statement not in self._kept[module_name]:
            self._kept[module_name].add(statement)
            for used in sorted(statement.uses):
                self._need(module_name, used)

    def _module(self, name: str) -> Module:
        if name not in self._modules:
            path = _ROOT.joinpath(*name.split(".")[1:]).with_suffix(".py")
            self._modules[name] = parsed(name, path.read_text(encoding="utf-8"))
            self._kept[name] = set()
        return self._modules[name]

    def _import(self, module: Module, name: str) -> None:
        """Keep the import of a name that is not of the package; one that no import binds is local or built in."""
        line = module.others.get(name)
        if line is not None and self._imports.setdefault(name, line) != line:
            raise CannotBeOne(f"{name} is '{self._imports[name]}' in one module and '{line}' in {module.name}")

    def _in_order(self) -> Iterator[Module]:
        """Walk over the modules so that each comes after those it imports from."""
        done: dict[str, None] = {}

        def take(name: str) -> None:
            if name not in done:
                for source in dict.fromkeys(source for source, _ in self._modules[name].own.values()):
                    if source in self._modules:
                        take(source)
                done[name] = None

        for name, _ in self._wanted:
            take(name)
        return (self._modules[name] for name in done if self._kept[name])

    def _names(self) -> dict[Named, str]:
        """Give every kept name the one it has in the file: its own, or with its module where two have the same."""
        owned = [
            (module.name, name)
            for module in self._in_order()
            for statement in module.statements
            if statement in self._kept[module.name]
            for name in sorted(statement.binds)
        ]
        counted = Counter(name for _, name in owned) + Counter(self._imports.keys())
        called = {named: named[1] if counted[named[1]] == 1 else _with_module(*named) for named in owned}
        if len({*called.values(), *self._imports}) != len(called) + len(self._imports):
            raise CannotBeOne("two names stay the same even with the names of their modules; rename one of them")
        return called

    def _final(self, module: Module, name: str) -> str:
        source = module.own.get(name, (module.name, name))
        while source not in self._called and source[0] in self._modules and source[1] in self._modules[source[0]].own:
            source = self._modules[source[0]].own[source[1]]
        return self._called.get(source, name)

    def _written(self, module: Module, statement: Statement) -> str:
        """Return the text of a statement under the names of the file."""
        lines = module.lines[statement.first - 1 : statement.last]
        gap = "\n\n" if isinstance(statement.node, (ast.FunctionDef, ast.ClassDef)) else ""
        edits = sorted(self._edits(module, statement), reverse=True)
        for line_number, column, old, new in edits:
            row = lines[line_number - statement.first].encode()
            if row[column : column + len(old)].decode() != old:
                raise CannotBeOne(f"{module.name} line {line_number}: {old} cannot be renamed to {new} there")
            lines[line_number - statement.first] = (row[:column] + new.encode() + row[column + len(old) :]).decode()
        return gap + "\n".join(lines)

    def _edits(self, module: Module, statement: Statement) -> Iterator[tuple[int, int, str, str]]:
        top = statement.node
        renamed = {name: self._final(module, name) for name in statement.uses | statement.binds}
        renamed = {name: final for name, final in renamed.items() if name != final}
        for node in ast.walk(top):
            if isinstance(node, ast.arg) and node.arg in renamed:
                raise CannotBeOne(
                    f"{module.name} line {node.lineno}: the argument {node.arg} hides a name of the module"
                )
            if isinstance(node, ast.Name) and node.id in renamed:
                if isinstance(node.ctx, ast.Store) and isinstance(top, (ast.FunctionDef, ast.ClassDef)):
                    raise CannotBeOne(f"{module.name} line {node.lineno}: {node.id} hides a name of the module")
                yield node.lineno, node.col_offset, node.id, renamed[node.id]
        if isinstance(top, (ast.FunctionDef, ast.ClassDef)) and top.name in renamed:
            word = "class " if isinstance(top, ast.ClassDef) else "def "
            yield top.lineno, top.col_offset + len(word), top.name, renamed[top.name]


def _with_module(module: str, name: str) -> str:
    short = module.rpartition(".")[2]
    return f"_{short}{name}" if name.startswith("_") else f"{short}_{name}"


def _as_comment(doc: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in doc.split("\n"))


def main(argv: Sequence[str]) -> int:
    """Write the one file to the path given."""
    if len(argv) != 1:
        sys.stderr.write("usage: python -m npm_cases.proving.one_file TARGET\n")
        return 2
    Path(argv[0]).write_text(one_file(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
