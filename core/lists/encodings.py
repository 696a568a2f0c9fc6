"""In which encoding a file of text is, judged by its bytes: no list says so itself.

A mark (BOM) and UTF-8 are proven; UTF-16 without a mark shows by where its zero bytes stand. Code pages of one byte per
letter fit any bytes: the one is taken in which the text looks most like words, by letters that are frequent in the
languages written in it. Names of places are short and few; general detectors take Windows-1252 for Windows-1250 there.
"""

from __future__ import annotations

import re
import unicodedata

from charset_normalizer import from_bytes

BOMS = [(b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16")]  # fmt: skip
SAMPLE = 1 << 20
# Frequent letters outside ASCII, the most frequent first, of the languages for which a code page is used.
FREQUENT = {
    "cp1252": "éèàüçãäöêßáíóúñõôîâûùëïåøæœòìðþýêÉÀÄÖÜ",
    "cp1250": "ăâîșşțţáéíóúőűčšžćđłęąóśżźńěřůýôäöüľťďňŠČŽŞŢĂÎ",
    "cp1251": "оаеинтсрвлкмдпуязьбгчйхжшюцщэфъыіїєґјљњћђџќѓў",
    "cp1253": "αοιετνσηυρπκμλςωάόίέήδγχθύφβώξζψϊ",
    "cp1254": "ıiüğşçöİŞĞÇÖÜâî",
    "cp1257": "āēīūšžčņļķģąęėįųõäöüŠŽ",
    "cp866": "оаеинтсрвлкмдпуязьбгчйхжшюцщэфъы",
    "koi8_u": "оаеинтсрвлкмдпуязьбгчйхжшюцщэфъыіїєґ",
}
OWN_SCRIPT = {"cp1251", "cp1253", "cp866", "koi8_u"}
# Where two fit about as well: what is more often met first.
PRIOR = {"cp1252": 1.08, "cp1257": 1.05}
INSIDE_WORD = re.compile(r"[^\W\d_]+")


def encoding_of_bytes(sample: bytes) -> str:
    """The encoding of a text that begins with `sample` (up to a megabyte, perhaps cut inside a letter)."""
    for mark, encoding in BOMS:
        if sample.startswith(mark):
            return encoding
    if b"\x00" in sample[:4096]:
        return _wide(sample[: 1 << 16])
    try:
        sample.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        # Cut inside a letter: by us at the sample's end, or the file itself, which reading it will tell.
        if error.start > len(sample) - 4 and error.reason == "unexpected end of data":
            return "utf-8"
        if _is_mostly_utf8(sample):
            return "utf-8"
    return _one_byte(sample[: 1 << 17])


def _is_mostly_utf8(sample: bytes) -> bool:
    """A text with many letters in UTF-8 and a broken byte among them: it is that encoding, and the byte is told."""
    good = sum(1 for letter in sample.decode("utf-8", "ignore") if ord(letter) > 127)
    return good > 20 and good > 20 * sample.decode("utf-8", "replace").count("\ufffd")


def _wide(sample: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: digits, delimiters and line ends are ASCII, whose zero byte is the upper one."""
    whole = sample[: len(sample) // 4 * 4]
    if whole and not any(whole[3::4]) and not any(whole[2::4]):
        return "utf-32-le"
    if whole and not any(whole[0::4]) and not any(whole[1::4]):
        return "utf-32-be"
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if second > first else "utf-16-be"


def _one_byte(sample: bytes) -> str:
    scores = {encoding: _score(sample, encoding) for encoding in FREQUENT}
    best = max(scores, key=lambda encoding: scores[encoding] * PRIOR.get(encoding, 1.0))
    if scores[best] > 0:
        return best
    found = from_bytes(sample).best()
    return found.encoding if found is not None else "cp1252"


def _score(sample: bytes, encoding: str) -> float:
    """How much the bytes look like words in this encoding; higher is better."""
    text = sample.decode(encoding, "replace")
    frequent = FREQUENT[encoding]
    weight = {letter: 3.0 - 2.0 * place / len(frequent) for place, letter in reversed(list(enumerate(frequent)))}
    score = -10.0 * text.count("\ufffd")
    for word in INSIDE_WORD.findall(text):
        odd = [letter for letter in word if ord(letter) > 127]
        if not odd:
            continue
        score += sum(weight.get(letter, weight.get(letter.lower(), 0.5) / 2 - 1) for letter in odd)
        two_alphabets = len(odd) < len(word)
        all_accents = len(odd) > 2 and len(odd) > len(word) / 2  # no Latin word is made of them
        if two_alphabets if encoding in OWN_SCRIPT else all_accents:
            score -= 4.0 * len(odd)
        # A capital in the middle of a word.
        score -= 4.0 * sum(a.islower() and b.isupper() for a, b in zip(word, word[1:], strict=False))
    # Signs inside a word (“Bucureºti”) and control characters.
    score -= 6.0 * len(re.findall(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘ʼ–—·](?=[^\W\d_])", text))
    score -= 10.0 * sum(unicodedata.category(letter) == "Cc" and letter not in "\r\n\t" for letter in set(text))
    return score
