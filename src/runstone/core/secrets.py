"""Passwords, tokens and keys, taken out of text before anything is written.

Recognised by the shape of the token itself, or by the name of what it is assigned to.  Each pattern runs in time linear
in the text: it starts at a literal, its repeats cannot overlap its own start, and what varies in length is bounded.
The number of lines of a text never changes, so that a patch or a script stays readable line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

REDACTED = "[redacted]"

_STEMS = ("password", "passwd", "passphrase", "secret", "credential", "apikey", "privatekey", "accesskey")
# fmt: off
_KEYS_OF = frozenset((
    "account", "admin", "auth", "client", "deploy", "encryption", "license", "master", "private",
    "registry", "secret", "service", "shared", "signing", "ssh", "storage", "subscription",
))
_PLAIN_TOKENS = frozenset((
    "bos", "cls", "decoder", "end", "eos", "first", "image", "last", "mask", "max", "min", "next",
    "num", "oov", "pad", "page", "per", "reserved", "sep", "special", "start", "stop", "unk",
    "unknown", "video",
))
_ABOUT = frozenset((
    "algorithm", "count", "dim", "env", "field", "file", "files", "format", "id", "length", "limit",
    "mode", "name", "path", "policy", "prefix", "store", "type", "url", "version",
))
# fmt: on
_SWITCHES = frozenset(("ask", "disable", "enable", "no", "require", "use", "with", "without"))


def is_secret_name(name: str) -> bool:
    """Say whether what goes by this name is a secret: ``db_password``, ``HF_TOKEN``, ``apiKey``.

    Names that only speak about one (``token_file``, ``pad_token``, ``max_tokens``) are not.
    """
    words = _words(name)
    if not words or words[-1] in _ABOUT:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    joined = "".join(words)
    if any(stem in joined for stem in _STEMS):
        return True
    if last.endswith("token"):
        return before not in _PLAIN_TOKENS
    if not {"auth", "authorization", "bearer"}.isdisjoint(words):
        return True
    if last in ("pass", "pwd", "sshpass"):
        return last == "sshpass" or (before != "" and name.isupper())
    return last == "key" and before in _KEYS_OF


def redact(text: str) -> str:
    """Return the text with ``[redacted]`` in the place of each secret that can be recognised."""
    lowered = text.lower()
    for needles, pattern, replace in _RULES:
        if any(needle in lowered for needle in needles):
            text = _compiled(pattern).sub(replace, text)
    return text


def redact_argv(arguments: Iterable[str]) -> list[str]:
    """Return a command line's arguments with secrets replaced, also those told only by the flag before them."""
    redacted: list[str] = []
    value_is_secret = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        bare = name.lstrip("-+~")
        is_name = all(letter.isalnum() or letter in "_.-" for letter in bare)
        if value_is_secret and not argument.startswith("--"):
            redacted.append(REDACTED)
            value_is_secret = False
            continue
        value_is_secret = False
        if equals and is_name and value and _is_secret(bare, value):
            redacted.append(f"{name}={REDACTED}")
            continue
        if not equals and argument.startswith("-") and is_name:
            value_is_secret = is_secret_name(bare) and _words(bare)[0] not in _SWITCHES
        redacted.append(redact(argument))
    return redacted


def redact_env(variables: Mapping[str, str]) -> dict[str, str]:
    """Return environment variables with the values of secret ones replaced."""
    return {
        name: REDACTED if value and ("KEY" in name.upper() or is_secret_name(name)) else redact(value)
        for name, value in variables.items()
    }


def _words(name: str) -> list[str]:
    """Split ``apiKey``, ``API_KEY`` and ``api-key`` alike into lower-case words."""
    spaced: list[str] = []
    previous = ""
    for letter in name:
        if letter.isupper() and previous.islower():
            spaced.append(" ")
        spaced.append(letter if letter.isalnum() else " ")
        previous = letter
    return "".join(spaced).lower().split()


def _is_secret(name: str, value: str) -> bool:
    """Say whether a name holds a secret; a ``…key`` may, if only a machine would write its value."""
    if is_secret_name(name):
        return True
    return (
        _words(name)[-1:] == ["key"]
        and len(value) >= 16
        and all(letter.isalnum() or letter in "_-+/=." for letter in value)
        and any(letter.isdigit() for letter in value)
        and any(letter.isalpha() for letter in value)
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_template(value: str) -> bool:
    """Say whether a value is filled in elsewhere: ``{token}``, ``$TOKEN``, ``%s``, ``<your key>``."""
    return value == REDACTED or bool(_compiled(r"\{.*\}|\$\{.*\}|\$\w+|%\(?\w*\)?s|<.*>|\*+|\.\.\.").fullmatch(value))


def _hide_block(found: re.Match[str]) -> str:
    return "\n".join([REDACTED] * (found[0].count("\n") + 1))


def _hide_userinfo(found: re.Match[str]) -> str:
    user, colon, password = found[1].partition(":")
    secret = password if colon else user
    if not secret or _is_template(secret) or (not colon and user in ("git", "hg")):
        return found[0]
    return f"://{REDACTED}@"


def _hide_value(found: re.Match[str]) -> str:
    return found[0] if _is_template(found[2]) else f"{found[1]}{REDACTED}"


def _hide_password(found: re.Match[str]) -> str:
    """Hide the password of a connection string, but not the argument in ``login(password=args.password)``."""
    is_variable = bool(_compiled(r"(?i)(?:[a-z_][\w.]*\.)?\w*(?:passw(?:or)?d|pwd|key)").fullmatch(found[2]))
    return found[0] if is_variable else _hide_value(found)


def _hide_quoted(found: re.Match[str]) -> str:
    """Hide a quoted value, if the whole name that stands before it is a secret's."""
    text, start = found.string, found.start()
    first = max(0, start - 60)
    while start > first and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        start -= 1
    if _is_template(found["value"]) or not _is_secret(text[start : found.end("name")], found["value"]):
        return found[0]
    return f"{found['name']}{found['between']}{found['quote']}{REDACTED}{found['quote']}"


def _hide_named(found: re.Match[str]) -> str:
    value = found["value"]
    unquoted = value.strip("\"'")
    is_expression = bool(_compiled(r"[A-Za-z_][\w.]*[\[(].*").fullmatch(value))
    if not unquoted or is_expression or _is_template(unquoted) or not _is_secret(found["name"], unquoted):
        return found[0]
    return f"{found['name']}{found['between']}{REDACTED}"


def _hide_setting(found: re.Match[str]) -> str:
    """Hide an unquoted value that is alone on its line, as in YAML; a program's variable is no such value."""
    value = found["value"]
    is_variable = value.isidentifier() and (value.islower() or not any(letter.isdigit() for letter in value))
    is_mixed = any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)
    if is_mixed and not (is_variable and "_" in value) and is_secret_name(found["name"]):
        return f"{found['name']}{found['between']}{REDACTED}"
    return found[0]


_VALUE = r"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'&;,)`]+)"
_NAMED = ("key", "token", "secret", "pass", "pwd", "credential", "auth")
_QUERY = (
    "access_token|api_?key|auth|client_secret|key|passw(?:or)?d|pwd|refresh_token|secret|sig|signature|token"
    "|x-amz-credential|x-amz-security-token|x-amz-signature|x-goog-credential|x-goog-signature"
)

_RULES: tuple[tuple[tuple[str, ...], str, str | Callable[[re.Match[str]], str]], ...] = (
    # Each is: what must occur in the lower-case text for the pattern to be tried, the pattern, what to put in.
    # The lookbehinds hold the pattern's own letters, so that a run of them is tried once and not at each letter.
    (
        ("private key",),
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----"
        r"(?:(?:\s|\\[nr])*(?:Proc-Type|DEK-Info|Comment|Version):[^\n]{0,200}){0,5}"
        r"(?:\s|\\[nr])*[A-Za-z0-9+/=]{16}[A-Za-z0-9+/=\\\s]*(?:-----END [A-Z ]{0,50}-----)?",
        _hide_block,
    ),
    (("://",), r"://([^\s/?#\"'<>]{1,1000})@", _hide_userinfo),
    (
        ("authorization",),
        r"(?i)(authorization[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?(?:(?:bearer|basic|digest|token)[ \t]{1,8})?)"
        r"(?!(?:bearer|basic|digest|token)\b)([^\s\"',;]+)",
        _hide_value,
    ),
    (("bearer",), r"(?i)(\bbearer[ \t]{1,8})([A-Za-z0-9._~+/=-]{20,})", _hide_value),
    (
        _NAMED,
        r"(?i)(?P<name>(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|auth)(?![a-z])[\w-]{0,40})"
        r"(?P<between>(?:\\?[\"'])?\]?[ \t]{0,8}(?::[ \t]{0,8}[\w.|\[\]]{1,40}[ \t]{0,8}=(?!=)|:|=>|=(?!=))"
        r"[ \t]{0,8}[bru]{0,2})"
        r"(?P<quote>\\?[\"'])(?P<value>[^\"'\n]{1,4000})(?P=quote)",
        _hide_quoted,
    ),
    (("--",), rf"(?<![\w-])(?P<name>--[\w-]{{1,60}})(?P<between>=|[ \t]{{1,8}}(?!-)){_VALUE}", _hide_named),
    (_NAMED, rf"(?<![A-Za-z0-9_])(?P<name>[A-Z][A-Z0-9_]{{2,60}})(?P<between>=)(?!=){_VALUE}", _hide_named),
    (
        _NAMED,
        r"(?m)^(?P<name>[ \t]{0,80}(?:-[ \t]{1,8})?[A-Za-z][\w.-]{1,60})(?P<between>[ \t]{0,8}[:=][ \t]{1,8})"
        r"(?P<value>[A-Za-z0-9_+/=!@#%^&*~-]{8,200})(?=[ \t]*(?:#.*)?$)",
        _hide_setting,
    ),
    (("?", "&"), rf"(?i)([?&](?:{_QUERY})=)([^\s&#\"',;)`]+)", _hide_value),
    (
        ("passw", "pwd", "accountkey", "sharedaccess"),
        r"(?i)((?<![^\s;\"'])(?:passw(?:or)?d|pwd|accountkey|sharedaccesskey|sharedaccesssignature)=(?![\s=]))"
        r"([^\s;\"',()`]+)(?![^\s;\"'])",
        _hide_password,
    ),
    (("akia", "asia"), r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])", REDACTED),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,}", REDACTED),
    (("github_pat_",), r"(?<![A-Za-z0-9_])github_pat_[A-Za-z0-9_]{20,}", REDACTED),
    (("glpat-", "gldt-", "glrt-"), r"(?<![A-Za-z0-9_-])gl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,}", REDACTED),
    (("sk-",), r"(?<![A-Za-z0-9_-])sk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}", REDACTED),
    (("k_live_", "k_test_"), r"(?<![A-Za-z0-9])[rs]k_(?:live|test)_[A-Za-z0-9]{16,}", REDACTED),
    (("hf_",), r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}", REDACTED),
    (("xox", "xapp-"), r"(?<![A-Za-z0-9-])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}", REDACTED),
    (("aiza",), r"(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}", REDACTED),
    (("npm_",), r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}", REDACTED),
    (("pypi-",), r"(?<![A-Za-z0-9_-])pypi-[A-Za-z0-9_-]{50,}", REDACTED),
    (("dapi",), r"(?<![A-Za-z0-9])dapi[0-9a-f]{32}", REDACTED),
    (
        ("eyj",),
        r"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        REDACTED,
    ),
)
