"""A YAML writer for plain trees, so that ``log_dict(…, "config.yaml")`` needs no extra package.

The output is the part of YAML that versions 1.1 and 1.2 read alike: block mappings and lists, and text in
double quotes with JSON's escapes unless it is a word that no version takes for anything else.
Sources: https://yaml.org/spec/1.2.2/ §5.1, §7.3; https://yaml.org/type/bool.html, float.html, merge.html.
"""

from __future__ import annotations

import math
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Outside YAML's printable characters (§5.1), or read as a line break by some version.
_UNSAFE = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_EXPONENT = re.compile(r"e([+-]?)(\d+)$")

# A key of more than 1,024 characters has to be marked as one by "?" (§7.4.2, §8.2.2).
_MAX_IMPLICIT_KEY = 1000


def yaml_text(plain: Any) -> str:
    """Write a tree of dicts, lists, str, int, float, bool and None (see ``plain.to_plain``) as YAML."""
    if _is_block(plain):
        return "\n".join(_lines(plain)) + "\n"
    return _scalar(plain) + "\n"


def _lines(node: dict[Any, Any] | list[Any]) -> list[str]:
    lines: list[str] = []
    if isinstance(node, list):
        for item in node:
            first, *rest = _lines(item) if _is_block(item) else [_scalar(item)]
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        return lines
    for key, item in node.items():
        head = f"{_scalar(key)}:"
        if len(head) > _MAX_IMPLICIT_KEY:
            lines.append(f"? {head[:-1]}")
            head = ":"
        if _is_block(item):
            lines += [head, *(f"  {line}" for line in _lines(item))]
        else:
            lines.append(f"{head} {_scalar(item)}")
    return lines


def _is_block(node: object) -> bool:
    return isinstance(node, (dict, list)) and bool(node)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    return "{}" if isinstance(value, dict) else "[]"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    text = repr(value)
    if match := _EXPONENT.search(text):
        # YAML 1.1 takes a number for a float only with a point and a signed exponent: 1.0e+20, not 1e20.
        mantissa = text[: match.start()]
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{match[1] or '+'}{match[2]}"
    return text


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
        return value
    return '"' + _UNSAFE.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04x}"
