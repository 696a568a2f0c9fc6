"""The XPath functions of ODK forms, as plain Python on strings, floats, booleans and lists of strings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

NAN = math.nan
CLOCK = re.compile(r"(\d{2}):(\d{2})(?::([0-5]\d(?:\.\d+)?))?(?:Z|[-+]\d{2}:?\d{2})?")
STAMP = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z|[-+]\d{2}:?\d{2})?")


def to_string(value: Any) -> str:
    """XPath string(): whole numbers without a point, booleans as words, the first of a list."""
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return str(int(value)) if value == int(value) else repr(value)
    return value[0] if value else ""


def to_number(value: Any) -> float:
    """XPath number(): what is no number is NaN, and comparisons with it are false."""
    if isinstance(value, float):
        return value
    if value is True or value is False:
        return 1.0 if value else 0.0
    text = value if isinstance(value, str) else (value[0] if value else "")
    try:
        return float(text) if text else NAN
    except ValueError:
        return NAN


def to_boolean(value: Any) -> bool:
    """XPath boolean()."""
    if isinstance(value, float):
        return value == value and value != 0.0
    return bool(value)


def equals(left: Any, right: Any, *, negate: bool = False) -> bool:
    """`=` and `!=`: booleans, then numbers, then strings; a list if any of its nodes fits."""
    if isinstance(left, str) and isinstance(right, str):
        return (left != right) if negate else (left == right)
    if isinstance(left, list):
        return any(equals(item, right, negate=negate) for item in left)
    if isinstance(right, list):
        return any(equals(left, item, negate=negate) for item in right)
    if isinstance(left, bool) or isinstance(right, bool):
        same = to_boolean(left) == to_boolean(right)
    else:
        same = to_number(left) == to_number(right)
    return not same if negate else same


def _flat(values: tuple[Any, ...]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _coalesce(*values: Any) -> Any:
    for value in values:
        text = to_string(value)
        if text and text != "NaN":
            return value
    return ""


def _selected(value: Any, wanted: Any) -> bool:
    return to_string(wanted).strip() in to_string(value).split()


def _selected_at(value: Any, index: Any) -> str:
    words, at = to_string(value).split(), to_number(index)
    return words[int(at)] if at == at and 0 <= at < len(words) else ""


def _round(value: Any, digits: Any = 0.0) -> float:
    number, places = to_number(value), to_number(digits)
    if number != number or math.isinf(number):
        return number
    scale = 10.0 ** int(places)
    return math.floor(number * scale + 0.5) / scale


def _int(value: Any) -> float:
    number = to_number(value)
    return number if number != number or math.isinf(number) else float(math.trunc(number))


def _substr(value: Any, start: Any, end: Any = None) -> str:
    text = to_string(value)
    stop = len(text) if end is None else int(to_number(end))
    return text[int(to_number(start)) : stop]


def decimal_time(value: Any) -> float:
    """`decimal-time('12:00')` is 0.5: the wall time as written, whatever its offset."""
    match = CLOCK.fullmatch(to_string(value))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return NAN
    return (int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3] or 0)) / 86400


def _stamp(value: Any) -> datetime | None:
    match = STAMP.fullmatch(to_string(value).strip())
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(match[part] or 0) for part in range(1, 7))
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _decimal_date_time(value: Any) -> float:
    moment = _stamp(value)
    return NAN if moment is None else moment.timestamp() / 86400


FORMATS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda moment: f"{moment.year:04d}",
    "y": lambda moment: f"{moment.year % 100:02d}",
    "m": lambda moment: f"{moment.month:02d}",
    "n": lambda moment: str(moment.month),
    "d": lambda moment: f"{moment.day:02d}",
    "e": lambda moment: str(moment.day),
    "H": lambda moment: f"{moment.hour:02d}",
    "h": lambda moment: str(moment.hour),
    "M": lambda moment: f"{moment.minute:02d}",
    "S": lambda moment: f"{moment.second:02d}",
    "3": lambda moment: f"{moment.microsecond // 1000:03d}",
    "%": lambda moment: "%",
}


def _format_date(value: Any, pattern: Any) -> str:
    moment = _stamp(value)
    if moment is None:
        return ""
    return re.sub(r"%(.)", lambda match: FORMATS.get(match[1], lambda _moment: match[0])(moment), to_string(pattern))


def _date(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else date.fromordinal(date(1970, 1, 1).toordinal() + math.floor(value)).isoformat()
    return to_string(value)


def _count(value: Any) -> float:
    return float(len(value)) if isinstance(value, list) else 1.0 if to_string(value) else 0.0


def _count_non_empty(value: Any) -> float:
    return float(sum(1 for item in _flat((value,)) if to_string(item)))


def _sum(*values: Any) -> float:
    return sum((to_number(item) for item in _flat(values) if to_string(item) != ""), 0.0)


def _extreme(pick: Callable[..., float]) -> Callable[..., float]:
    def extreme(*values: Any) -> float:
        numbers = [to_number(item) for item in _flat(values)]
        return NAN if not numbers or any(number != number for number in numbers) else pick(numbers)

    return extreme


def _divide(left: Any, right: Any) -> float:
    above, below = to_number(left), to_number(right)
    if below == 0:
        return NAN if above != above or above == 0 else math.copysign(math.inf, above)
    return above / below


def _modulo(left: Any, right: Any) -> float:
    above, below = to_number(left), to_number(right)
    return NAN if below == 0 or above != above or below != below else math.fmod(above, below)


def _translate(value: Any, old: Any, new: Any) -> str:
    source, target = to_string(old), to_string(new)
    table = {ord(letter): (target[index] if index < len(target) else None) for index, letter in reversed(list(enumerate(source)))}
    return to_string(value).translate(table)


def _regex(value: Any, pattern: Any) -> bool:
    try:
        return re.fullmatch(to_string(pattern), to_string(value)) is not None
    except re.error:
        return True  # a pattern Python does not know never accuses an answer


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda value: abs(to_number(value)),
    "boolean": to_boolean,
    "boolean-from-string": lambda value: to_string(value) in {"true", "1"},
    "ceiling": lambda value: float(math.ceil(to_number(value))) if math.isfinite(to_number(value)) else to_number(value),
    "coalesce": _coalesce,
    "concat": lambda *values: "".join(to_string(item) for item in _flat(values)),
    "contains": lambda value, part: to_string(part) in to_string(value),
    "count": _count,
    "count-non-empty": _count_non_empty,
    "count-selected": lambda value: float(len(to_string(value).split())),
    "date": _date,
    "date-time": to_string,
    "decimal-date-time": _decimal_date_time,
    "decimal-time": decimal_time,
    "div": _divide,
    "ends-with": lambda value, part: to_string(value).endswith(to_string(part)),
    "false": lambda: False,
    "floor": lambda value: float(math.floor(to_number(value))) if math.isfinite(to_number(value)) else to_number(value),
    "format-date": _format_date,
    "format-date-time": _format_date,
    "int": _int,
    "join": lambda glue, *values: to_string(glue).join(to_string(item) for item in _flat(values)),
    "max": _extreme(max),
    "min": _extreme(min),
    "mod": _modulo,
    "normalize-space": lambda value: " ".join(to_string(value).split()),
    "not": lambda value: not to_boolean(value),
    "number": to_number,
    "pow": lambda base, power: to_number(base) ** to_number(power),
    "regex": _regex,
    "round": _round,
    "selected": _selected,
    "selected-at": _selected_at,
    "starts-with": lambda value, part: to_string(value).startswith(to_string(part)),
    "string": to_string,
    "string-length": lambda value: float(len(to_string(value))),
    "substr": _substr,
    "substring-after": lambda value, part: to_string(value).partition(to_string(part))[2],
    "substring-before": lambda value, part: to_string(value).partition(to_string(part))[0] if to_string(part) in to_string(value) else "",
    "sum": _sum,
    "time": to_string,
    "translate": _translate,
    "true": lambda: True,
}

_TEXTS = """concat date date-time format-date format-date-time join normalize-space selected-at string substr substring-after
substring-before time translate"""
_NUMBERS = """abs ceiling count count-non-empty count-selected decimal-date-time decimal-time div floor int max min mod number pow
round string-length sum"""
_BOOLEANS = "boolean boolean-from-string contains ends-with false not regex selected starts-with true"
RETURNS = {name: kind for kind, names in (("text", _TEXTS), ("number", _NUMBERS), ("boolean", _BOOLEANS)) for name in names.split()}
