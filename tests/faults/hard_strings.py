"""Strings that programs get wrong, of our own making: letters of Kazakhstan, look-alikes, marks nobody sees, and what looks like code."""

ALPHABET = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"

NAMES = {
    "Kazakh letters, capital": ALPHABET,
    "Kazakh letters, small": ALPHABET.lower(),
    "a name of each own letter": "Әсия Ғалым Қайрат Өңір Ұлан Үміт Шаһмұрат Ілияс",
    "Latin script of 2021": "Ádiletuly Ğalymqyzy Öñir Şyñğys Ürker",
    "a hyphen and no patronymic": "Нұр-Сұлтан Әбдірахман-ұлы",
    "an apostrophe": "O'Synthetic-ұлы", "a typographic apostrophe": "O’Synthetic", "one letter": "Ә",
    "composed": "\u0419\u0401\u00c9", "decomposed": "\u0418\u0306\u0415\u0308E\u0301",
    "Latin for Cyrillic": "Caпap", "Cyrillic for Latin": "Sарar", "Kazakh i for Latin i": "Iлияс Ілияс",
    "dotless and dotted": "İıIi", "sharp s": "Straße STRASSE ẞ", "ligatures": "ﬁﬂ ǆ",
    "Arabic script": "قازاقشا جازۋ", "Chinese and Japanese": "哈萨克 カザフ", "beyond the first plane": "𐰴𐰀𐰔𐰴 𠀋",
    "emoji with joiners": "👩🏽‍⚖️🇰🇿", "300 characters": "Ұ" * 300, "300 characters of many bytes": "👩🏽‍⚖️" * 60,
}  # fmt: skip

MARKS = {
    "right to left override": "case \u202efdp.exe", "isolates": "\u2066abc\u2069 def", "right to left mark": "a\u200fb",
    "zero width space": "ro\u200bof", "zero width joiner": "ro\u200dof", "word joiner": "ro\u2060of",
    "a byte order mark inside": "ro\ufeffof", "a soft hyphen": "ro\u00adof", "no-break space": "ro\u00a0of",
    "combining marks in a tower": "Z\u0361\u0353\u0318\u0342\u033e\u0356algo", "variation selector": "x\ufe0f",
    "line separators": "a\u2028b\u2029c", "next line": "a\u0085b", "tag characters": "a\U000e0041\U000e007fb",
    "noncharacter": "a\ufffeb", "private use": "a\ue000b", "replacement": "a\ufffdb", "ideographic space": "a\u3000b",
}  # fmt: skip

CODES = {
    "formula": "=1+1", "formula, plus": "+cmd|' /C calc'!A0", "formula, minus": "-1+2", "formula, at": "@SUM(A1)",
    "formula, full width": "\uff1d1+1", "formula after a quote": "'=1+1", "formula after a space": "\u00a0=1+1",
    "two quotes": "''=1", "comma, quote": 'a,"b",c', "semicolon": "a;b;c", "only quotes": '""""',
    "a script": "<script>alert(1)</script>", "an image": '"><img src=x onerror=alert(1)>', "entities": "&lt;&#x202e;",
    "SQL": "'; DROP TABLE cases; --", "LIKE": "100% _ \\", "a template": "{{7*7}} {% raw %} {0.__class__} ${x} %s %(a)s",
    "a path": "../../etc/passwd", "JSON": '{"a": [1, null]} \\u0000', "escapes": "\\n \\x41 \\\\", "a number": "0012e5",
    "a date": "1-2", "truth": "NULL", "nan": "NaN", "an address": "a@b.example, c@d.example", "encoded word": "=?utf-8?b?QQ==?=",
    "a mark of markup": "[bold]x[/bold] [link]", "a long word": "x" * 300, "a dot alone": ".", "backticks": "`id` $(id)",
}  # fmt: skip

HARD = {**NAMES, **MARKS, **CODES}
