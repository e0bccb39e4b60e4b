"""Charts drawn on the server: plain SVG that prints, with a title and a description; the same numbers stand in a table beside it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

BAR_HEIGHT, GAP, LABEL_WIDTH, FULL_WIDTH, ROOM_FOR_VALUE = 20, 8, 210, 640, 60
LONGEST_LABEL = 30


def bars(
    identity: str, title: str, description: str, items: Sequence[tuple[str, float | None, str]], most: float
) -> Markup:
    """Draw one bar for each item: its label, its value (None is not told and gets no bar), and the value in words.

    ``identity`` is unique on its page; ``most`` is the value a full bar stands for.
    """
    height = max(len(items), 1) * (BAR_HEIGHT + GAP)
    room = FULL_WIDTH - LABEL_WIDTH - ROOM_FOR_VALUE
    rows = [_bar(number, item, room, most) for number, item in enumerate(items)]
    return Markup(  # noqa: S704 - every value that came from outside is escaped
        f'<svg class="chart" viewBox="0 0 {FULL_WIDTH} {height}" role="img" aria-labelledby="{identity}-t {identity}-d">'
        f'<title id="{identity}-t">{escape(title)}</title><desc id="{identity}-d">{escape(description)}</desc>'
        f"{''.join(rows)}</svg>"
    )


def _bar(number: int, item: tuple[str, float | None, str], room: int, most: float) -> str:
    label, value, said = item
    top = number * (BAR_HEIGHT + GAP)
    long = round(room * min(value / most, 1)) if value is not None and most else 0
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
    middle = top + BAR_HEIGHT - 5
    return (
        f'<text class="label" x="{LABEL_WIDTH - 8}" y="{middle}" text-anchor="end">{escape(short)}</text>'
        f'<rect class="bar" x="{LABEL_WIDTH}" y="{top}" width="{long}" height="{BAR_HEIGHT}"/>'
        f'<text class="value" x="{LABEL_WIDTH + long + 6}" y="{middle}">{escape(said)}</text>'
    )
