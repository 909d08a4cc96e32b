"""DynamoDB's condition and update expressions, so far as our stores use them, as functions over items.

Each is parsed once. A placeholder that an expression does not use is refused, as DynamoDB does.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

Item = dict[str, Any]
Names = Mapping[str, str]
Values = Mapping[str, Any]
#: An operand's attribute value, or None where the item has none.
Operand = Callable[[Item, Names, Values], Any]
Condition = Callable[[Item, Names, Values], bool]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),+.-]|[:#]?\w+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@cache
def condition(text: str) -> Condition:
    """A condition, filter or key condition."""
    tokens = _Tokens(text)
    parsed = _either(tokens)
    tokens.must_be_over()

    def judge(item: Item, names: Names, values: Values) -> bool:
        return parsed(item, names, values)

    return judge


@cache
def update(text: str) -> Callable[[Item, Names, Values], Item]:
    """An update: all right-hand sides are of the item as it was."""
    tokens, changes = _Tokens(text), []
    while tokens.more():
        section = tokens.take().upper()
        while True:
            changes.append(_change(section, tokens))
            if not tokens.took(","):
                break

    def change(item: Item, names: Names, values: Values) -> Item:
        after = dict(item)
        for one in changes:
            one(item, after, names, values)
        return after

    return change


def refuse_idle_placeholders(*texts: str | None, names: Names, values: Values) -> None:
    """Nothing, where each placeholder that is given is used, and the other way round.

    Raises:
        ValueError: as DynamoDB refuses such a request.
    """
    used = {found for text in texts if text for found in re.findall(r"[:#]\w+", text)}
    if used != {*names, *values}:
        raise ValueError(f"placeholders of {texts} are {sorted({*names, *values} ^ used)} off")


class _Tokens:
    def __init__(self, text: str) -> None:
        self._all, self._at = _TOKEN.findall(text), 0
        if "".join(self._all) != re.sub(r"\s", "", text):
            raise ValueError(f"not read: {text!r}")

    def more(self) -> bool:
        return self._at < len(self._all)

    def peek(self) -> str:
        return self._all[self._at] if self.more() else ""

    def take(self) -> str:
        self._at += 1
        return str(self._all[self._at - 1])

    def took(self, word: str) -> bool:
        if self.peek().upper() != word:
            return False
        self._at += 1
        return True

    def must(self, word: str) -> None:
        if not self.took(word):
            raise ValueError(f"{word} is missing before {self.peek()!r}")

    def must_be_over(self) -> None:
        if self.more():
            raise ValueError(f"left over: {self._all[self._at :]}")


def _either(tokens: _Tokens) -> Condition:
    sides = [_both(tokens)]
    while tokens.took("OR"):
        sides.append(_both(tokens))
    return lambda *of: any(side(*of) for side in sides)


def _both(tokens: _Tokens) -> Condition:
    sides = [_one(tokens)]
    while tokens.took("AND"):
        sides.append(_one(tokens))
    return lambda *of: all(side(*of) for side in sides)


def _one(tokens: _Tokens) -> Condition:
    if tokens.took("NOT"):
        denied = _one(tokens)
        return lambda *of: not denied(*of)
    if tokens.took("("):
        inner = _either(tokens)
        tokens.must(")")
        return inner
    for word, wanted in (("ATTRIBUTE_EXISTS", True), ("ATTRIBUTE_NOT_EXISTS", False)):
        if tokens.took(word):
            (there,) = _arguments(tokens)
            return lambda *of, there=there, wanted=wanted: (there(*of) is not None) is wanted
    if tokens.took("BEGINS_WITH"):
        whole, prefix = _arguments(tokens)
        return lambda *of: str((whole(*of) or {}).get("S", "")).startswith(prefix(*of)["S"])
    if tokens.took("CONTAINS"):
        many, one = _arguments(tokens)
        return lambda *of: one(*of) in (many(*of) or {}).get("L", ())
    left = _operand(tokens)
    if tokens.took("IN"):
        choices = _arguments(tokens)
        return lambda *of: left(*of) in [choice(*of) for choice in choices]
    if tokens.took("BETWEEN"):
        low = _operand(tokens)
        tokens.must("AND")
        high = _operand(tokens)
        return lambda *of: (
            _compares("<=", low(*of), left(*of)) and _compares("<=", left(*of), high(*of))
        )
    sign, right = tokens.take(), _operand(tokens)
    return lambda *of: _compares(sign, left(*of), right(*of))


def _compares(sign: str, left: Any, right: Any) -> bool:
    """Two values of one type; what is missing compares with nothing."""
    if left is None or right is None:
        return sign == "<>" and left is not right
    if left.keys() != right.keys():
        return sign == "<>"
    a, b = (next(iter(one.values())) for one in (left, right))
    return _COMPARE[sign](Decimal(a), Decimal(b)) if "N" in left else _COMPARE[sign](a, b)


def _arguments(tokens: _Tokens) -> list[Operand]:
    tokens.must("(")
    found = [_operand(tokens)]
    while tokens.took(","):
        found.append(_operand(tokens))
    tokens.must(")")
    return found


def _operand(tokens: _Tokens) -> Operand:
    if tokens.took("IF_NOT_EXISTS"):
        there, otherwise = _arguments(tokens)
        return lambda *of: otherwise(*of) if there(*of) is None else there(*of)
    if tokens.took("SIZE"):
        (sized,) = _arguments(tokens)
        return lambda *of: _size(sized(*of))
    if tokens.peek().startswith(":"):
        name = tokens.take()
        return lambda item, names, values: values[name]
    return _read(_path(tokens))


def _path(tokens: _Tokens) -> list[str]:
    parts = [tokens.take()]
    while tokens.took("."):
        parts.append(tokens.take())
    return parts


def _named(part: str, names: Names) -> str:
    return names[part] if part.startswith("#") else part


def _read(parts: list[str]) -> Operand:
    def read(item: Item, names: Names, values: Values) -> Any:
        del values
        found = item.get(_named(parts[0], names))
        for part in parts[1:]:
            found = (found or {}).get("M", {}).get(_named(part, names))
        return found

    return read


def _write(parts: list[str], item: Item, names: Names, value: Any) -> None:
    first, rest = _named(parts[0], names), parts[1:]
    if not rest:
        if value is None:
            item.pop(first, None)
        else:
            item[first] = value
        return
    if "M" not in item.get(first, {}):
        raise ValueError(f"there is no map {first}")
    inner = dict(item[first]["M"])
    _write(rest, inner, names, value)
    item[first] = {"M": inner}


def _change(section: str, tokens: _Tokens) -> Callable[[Item, Item, Names, Values], None]:
    parts = _path(tokens)
    old = _read(parts)
    if section == "REMOVE":
        return lambda before, after, names, values: _write(parts, after, names, None)
    if section == "SET":
        tokens.must("=")
        value = _sum(tokens)
    elif section == "ADD":
        added = _operand(tokens)
        value = lambda *of: _added(old(*of), added(*of), 1)  # noqa: E731
    elif section == "DELETE":
        gone = _operand(tokens)
        value = lambda *of: _without(old(*of), gone(*of))  # noqa: E731
    else:
        raise ValueError(f"no section {section}")
    return lambda before, after, names, values: _write(
        parts, after, names, value(before, names, values)
    )


def _size(value: Any) -> Any:
    return None if value is None else {"N": str(len(next(iter(value.values()))))}


def _without(old: Any, gone: Any) -> Any:
    """An empty set is no attribute."""
    left = [one for one in (old or {"SS": []})["SS"] if one not in gone["SS"]]
    return {"SS": left} if left else None


def _sum(tokens: _Tokens) -> Operand:
    left = _operand(tokens)
    for sign, factor in (("+", 1), ("-", -1)):
        if tokens.took(sign):
            right = _operand(tokens)
            return lambda *of, factor=factor: _added(left(*of), right(*of), factor)
    return left


def _added(old: Any, new: Any, factor: int) -> Any:
    if "SS" in new:
        return {"SS": sorted({*(old or {"SS": []})["SS"], *new["SS"]})}
    return {"N": str(Decimal((old or {"N": "0"})["N"]) + factor * Decimal(new["N"]))}
