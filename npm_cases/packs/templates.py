"""Model templates: what the packs of one model of mechanism share, put under a pack's own entries.

A pack names its template in ``[pack]``; a template may stand on another one. The pack's entries replace the template's by
id or by key, ``[drop]`` takes away what the country has not, and every entry keeps the file and line it stands in.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from npm_cases.packs.located import LocatedToml, Where, read_toml

TEMPLATE, DROP, STANDS_ON = "template", "drop", "stands_on"
BY_ID = ("channels", "posts", "ladders", "erasure_bases", "questions")
BY_KEY = ("pack", "rules", "places")
BY_KIND = ("duties",)
DROPPABLE = (*BY_ID, "rules")


def with_template(own: LocatedToml, models: Path) -> LocatedToml:
    """Put a pack upon its template, if it names one; the result has no template and drops nothing.

    Raises BadPack for a template given as a pack, a template there is not, or something dropped that is not there.
    """
    if TEMPLATE in own.content:
        raise own.refuse((TEMPLATE,), "this is a template, not a pack: name it in [pack] of a pack of your own")
    head = own.content.get("pack")
    name = head.get(TEMPLATE) if isinstance(head, dict) else None
    if name is None:
        if DROP in own.content:
            raise own.refuse((DROP,), "drop takes away from a template, and this pack names none")
        return own
    return _merged(_template(own, ("pack", TEMPLATE), name, models, ()), own)


def _template(asking: LocatedToml, where: Where, name: object, models: Path, below: tuple[str, ...]) -> LocatedToml:
    """Read a template, put upon the one it stands on."""
    path = models / f"{name}.toml"
    if not isinstance(name, str) or not path.is_file():
        known = ", ".join(sorted(one.stem for one in models.glob("*.toml")))
        raise asking.refuse(where, f"there is no template {name!r}; there are {known}")
    if name in below:
        raise asking.refuse(where, f"the template {name} stands on itself")
    found = read_toml(path)
    head = found.content.get(TEMPLATE)
    if not isinstance(head, dict) or set(head) - {STANDS_ON}:
        raise found.refuse((TEMPLATE,), f"a template begins with [{TEMPLATE}], which says at most {STANDS_ON}")
    if STANDS_ON not in head:
        return found
    return _merged(_template(found, (TEMPLATE, STANDS_ON), head[STANDS_ON], models, (*below, name)), found)


class _Content:
    """Content gathered from several files, each entry with the file and line it stands in."""

    def __init__(self, own: LocatedToml) -> None:
        self.own = own
        self.content: dict[str, Any] = {}
        self.lines: dict[Where, int] = {}
        self.files: dict[Where, str] = {}
        self._by_section: dict[tuple[str, Where], list[Where]] = {}

    def take(self, source: LocatedToml, old: Where, new: Where) -> None:
        """Copy the lines of an entry to where it now stands."""
        for path in self._under(source, old):
            moved = (*new, *path[len(old) :])
            self.lines[moved] = source.lines[path]
            self.files[moved] = source.file_of(path)

    def _under(self, source: LocatedToml, old: Where) -> list[Where]:
        section = (source.file, old[:1])
        if section not in self._by_section:
            self._by_section[section] = [path for path in source.lines if path[:1] == old[:1]]
        return [path for path in self._by_section[section] if path[: len(old)] == old]

    def located(self) -> LocatedToml:
        return LocatedToml(self.own.file, self.content, self.lines, self.files)


def _merged(base: LocatedToml, own: LocatedToml) -> LocatedToml:
    dropped = _dropped(base, own)
    made = _Content(own)
    for section in dict.fromkeys((*base.content, *own.content)):
        if section in {TEMPLATE, DROP}:
            continue
        below, above = base.content.get(section), own.content.get(section)
        if section in BY_ID and _is_list(below) and _is_list(above, or_none=True):
            _merge_by_id(made, section, base, own, dropped)
        elif section in (*BY_KEY, *BY_KIND) and isinstance(below, dict) and isinstance(above, dict | None):
            _merge_by_key(made, (section,), base, own, dropped.get(section, frozenset()))
        else:
            source = own if above is not None else base
            made.take(source, (section,), (section,))
            made.content[section] = deepcopy(source.content[section])
    if isinstance(head := made.content.get("pack"), dict):
        head.pop(TEMPLATE, None)
    return made.located()


def _is_list(value: object, *, or_none: bool = False) -> bool:
    return isinstance(value, list) or (or_none and value is None)


def _dropped(base: LocatedToml, own: LocatedToml) -> Mapping[str, frozenset[str]]:
    """Return what is taken away, by section; refuse what is not there to be taken."""
    found: dict[str, frozenset[str]] = {}
    asked = own.content.get(DROP, {})
    if not isinstance(asked, dict):
        raise own.refuse((DROP,), f"drop is a table of lists: {', '.join(DROPPABLE)}")
    for section, names in asked.items():
        if section not in DROPPABLE or not isinstance(names, list):
            raise own.refuse((DROP, section), f"drop takes lists of ids under {', '.join(DROPPABLE)}")
        there = _ids(base.content.get(section, []))
        for name in names:
            if name not in there:
                raise own.refuse((DROP, section), f"the template has no {name!r} among its {section} to drop")
        found[section] = frozenset(names)
    return found


def _ids(entries: Any) -> list[Any]:
    return list(entries) if isinstance(entries, dict) else [_id(entry) for entry in entries]


def _id(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, dict) else None


def _merge_by_key(made: _Content, path: Where, base: LocatedToml, own: LocatedToml, dropped: frozenset[str]) -> None:
    """Take own keys in place of the template's; the duties of a kind are merged key by key themselves."""
    below, above = _at(base.content, path), _at(own.content, path)
    _note_line(made, path, base, own)
    _put(made.content, path, {})
    for key in dict.fromkeys((*below, *above)):
        here = (*path, key)
        if path[0] in BY_KIND and len(path) == 1 and isinstance(below.get(key), dict) and key in above:
            _merge_by_key(made, here, base, own, frozenset())
        elif key in above or key not in dropped:
            source = own if key in above else base
            made.take(source, here, here)
            _put(made.content, here, deepcopy(_at(source.content, here)))


def _note_line(made: _Content, path: Where, base: LocatedToml, own: LocatedToml) -> None:
    """Remember where a table begins that several files fill: in the pack's own file if it has the table."""
    source = own if path in own.lines else base
    made.lines[path], made.files[path] = source.line_of(path), source.file_of(path)


def _merge_by_id(
    made: _Content, section: str, base: LocatedToml, own: LocatedToml, dropped: Mapping[str, frozenset[str]]
) -> None:
    """Take own entries in place of the template's of the same id, all versions of it; new ones come after them."""
    listed = made.content[section] = []
    for source, i in _in_order(section, base, own, dropped.get(section, frozenset())):
        entry = deepcopy(source.content[section][i])
        if source is base and section == "ladders" and not _narrowed(entry, dropped.get("channels", frozenset())):
            continue
        made.take(source, (section, i), (section, len(listed)))
        listed.append(entry)


def _in_order(
    section: str, base: LocatedToml, own: LocatedToml, dropped: frozenset[str]
) -> Iterator[tuple[LocatedToml, int]]:
    above = own.content.get(section, [])
    placed: set[int] = set()
    for i, entry in enumerate(base.content[section]):
        replacing = [j for j, mine in enumerate(above) if _id(mine) is not None and _id(mine) == _id(entry)]
        if replacing:
            yield from ((own, j) for j in replacing if j not in placed)
            placed.update(replacing)
        elif _id(entry) not in dropped:
            yield base, i
    yield from ((own, j) for j in range(len(above)) if j not in placed)


def _narrowed(ladder: Any, gone: frozenset[str]) -> bool:
    """Take dropped channels out of a template's ladder; say whether anything is left that it is for."""
    channels = ladder.get("channels") if isinstance(ladder, dict) else None
    if not channels:
        return True
    ladder["channels"] = [channel for channel in channels if channel not in gone]
    return bool(ladder["channels"])


def _at(content: Any, path: Where) -> Any:
    for part in path:
        content = content.get(part, {})
    return content


def _put(content: dict[str, Any], path: Where, value: Any) -> None:
    *tables, last = path
    for part in tables:
        content = content[str(part)]
    content[str(last)] = value
