"""Names in Latin letters, so that a name is found in any script: Cyrillic, Greek, Armenian, Georgian.

No standard is followed to the letter: whoever searches follows none. `loosened` drops what the usual standards write
differently, so that "Tsentralna", "Centralna" and "Централна" are the same word.
"""

from __future__ import annotations

import re
import unicodedata

CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "ђ": "dj", "ѓ": "gj", "е": "e", "є": "ye", "ё": "yo", "ж": "zh",
    "з": "z", "ѕ": "dz", "и": "i", "і": "i", "ї": "yi", "й": "y", "ј": "j", "к": "k", "ќ": "kj", "л": "l", "љ": "lj", "м": "m",
    "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u", "ў": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "џ": "dz", "ш": "sh", "щ": "sht", "ъ": "a", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
GREEK = {
    "ου": "ou", "μπ": "b", "ντ": "d", "γκ": "g", "γγ": "ng", "αυ": "av", "ευ": "ev",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m",
    "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "h", "ψ": "ps", "ω": "o",
}  # fmt: skip
ARMENIAN = {
    "ու": "u", "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y", "թ": "t", "ժ": "zh", "ի": "i",
    "լ": "l", "խ": "kh", "ծ": "ts", "կ": "k", "հ": "h", "ձ": "dz", "ղ": "gh", "ճ": "ch", "մ": "m", "յ": "y", "ն": "n", "շ": "sh",
    "ո": "o", "չ": "ch", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s", "վ": "v", "տ": "t", "ր": "r", "ց": "ts", "ւ": "v", "փ": "p",
    "ք": "k", "օ": "o", "ֆ": "f", "և": "ev",
}  # fmt: skip
GEORGIAN = {
    "ა": "a", "ბ": "b", "გ": "g", "დ": "d", "ე": "e", "ვ": "v", "ზ": "z", "თ": "t", "ი": "i", "კ": "k", "ლ": "l", "მ": "m",
    "ნ": "n", "ო": "o", "პ": "p", "ჟ": "zh", "რ": "r", "ს": "s", "ტ": "t", "უ": "u", "ფ": "p", "ქ": "k", "ღ": "gh", "ყ": "q",
    "შ": "sh", "ჩ": "ch", "ც": "ts", "ძ": "dz", "წ": "ts", "ჭ": "ch", "ხ": "kh", "ჯ": "j", "ჰ": "h",
}  # fmt: skip
# Latin letters that carry their sign inside and keep it when accents are taken off.
LATIN = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ə": "a"}
TABLE = CYRILLIC | GREEK | ARMENIAN | GEORGIAN | LATIN
LETTERS = re.compile("|".join(sorted(TABLE, key=len, reverse=True)))

# What standards of transliteration write differently, in the order in which it is made alike.
LOOSE = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"shch|sht|sc(?=[aeiou])", "st"), (r"tch|ch|tz|ts", "c"), (r"dzh|dz", "z"), (r"dj", "d"), (r"gj", "g"), (r"kj", "k"),
        (r"sh", "s"), (r"zh", "z"), (r"kh", "h"), (r"gh", "g"), (r"th", "t"), (r"ph", "f"),
        (r"ou|ue", "u"), (r"ae", "a"), (r"oe", "o"),  # ue, ae, oe: how German writes its umlauts without the letters
        (r"[yji]+(?=[aeou])", ""), (r"(?<=[ln])j", ""), (r"[yj]", "i"), (r"w", "v"), (r"q", "k"), (r"x", "ks"), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


def folded(text: str) -> str:
    """`text` for searching: case folded, without accents, Turkish dotless i as i."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("İ", "i").casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def romanised(text: str) -> str:
    """`text` (folded already) in Latin letters; what is in none of the scripts stays."""
    return LETTERS.sub(lambda match: TABLE[match[0]], text)


def loosened(text: str) -> str:
    """`romanised(text)` without what one standard writes and another does not; for comparing, not for reading."""
    plain = romanised(text)
    for pattern, replacement in LOOSE:
        plain = pattern.sub(replacement, plain)
    return plain
