"""docs/options.md says what the API says: every option, its values and default, every warning, no code of nobody's."""

import re
from pathlib import Path

from lipwire.dialects.native.openapi import openapi
from lipwire.domain import errors
from lipwire.domain.errors import LipwireError
from lipwire.domain.warnings import MESSAGES

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "options.md").read_text(encoding="utf-8")
SCHEMAS = openapi("https://lipwire.test")["components"]["schemas"]
OPTIONS = SCHEMAS["OptionsIn"]["properties"]
#: Codes in the document that are neither an option nor a value.
ERRORS = {
    found.code
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, LipwireError) and hasattr(found, "code")
}


def rows() -> dict[str, list[str]]:
    """The cells of each row of the tables, by what stands first."""
    lines = re.findall(r"^\| `(\w+)` \| (.*) \|$", DOCUMENT, flags=re.MULTILINE)
    return {name: rest.split(" | ") for name, rest in lines}


def test_every_option_has_a_row_and_every_row_an_option():
    """In the order of the API's description, warnings after them."""
    assert list(rows()) == [*OPTIONS, *MESSAGES]


def test_values_and_defaults_are_those_of_the_api():
    """Words that may be chosen, in order, the ends of numbers, and what holds when nothing is said."""
    for name, schema in OPTIONS.items():
        values, default, _ = rows()[name]
        shown = "null" if schema.get("default") is None else str(schema["default"])
        assert default.strip("`") == shown, name
        if "enum" in schema:
            assert re.findall(r"`(\w+)`", values) == schema["enum"], name
        for kind in (schema, *schema.get("anyOf", ())):
            for limit in ("minimum", "maximum"):
                if kind.get("type") == "integer" and limit in kind:
                    assert re.search(rf"\b{kind[limit]}\b", values), (name, limit)
            for limit in ("maxItems", "maxLength"):
                if kind.get(limit, 0) > 100 or (limit == "maxItems" and limit in kind):
                    assert str(kind[limit]) in values or name == "engine", (name, limit)


def test_every_warning_stands_there_with_its_sentence():
    """Word for word."""
    assert {code: rows()[code] for code in MESSAGES} == {
        code: [sentence] for code, sentence in MESSAGES.items()
    }


def test_every_code_that_is_named_is_one():
    """What an option is refused with, or what warns, is a code of the API."""
    for name in OPTIONS:
        told = rows()[name][2]
        for code in re.findall(r"(?:: |with |warning )`([a-z]+_[a-z_]+)`", told):
            assert code in ERRORS | set(MESSAGES), (name, code)
