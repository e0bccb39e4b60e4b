"""What a browser without scripts reads from a page before it sends its form."""

import re


def hidden(page: str) -> dict[str, str]:
    main = page[page.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))
