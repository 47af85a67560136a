"""Secrets are found by shape and by name, harmless text stays, and no text takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.secrets import is_secret_name, redact, redact_argv, redact_env

_PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0a1b2c3d4e5f\nZm9vYmFy\n-----END RSA PRIVATE KEY-----"
_SHAPES = [
    "AKIA" + "ABCDEFGH23456789",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2_" * 9,
    "glpat-" + "a1B2-" * 5,
    "sk-" + "proj-a1B2" * 5,
    "hf_" + "aBcD" * 9,
    "xoxb-" + "123456789012-abc",
    "AIza" + "a1B2c" * 7,
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0" + ".c2lnbmF0dXJlMTIz",
]


@pytest.mark.parametrize("token", _SHAPES)
def test_a_token_is_known_by_its_shape_wherever_it_stands(token: str) -> None:
    assert redact(token) == "[redacted]"
    assert redact(f"curl -H 'X: {token}' {token}\n") == "curl -H 'X: [redacted]' [redacted]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://me:hunter2@example.org/x.git", "https://[redacted]@example.org/x.git"),
        ("https://abc123@example.org/x", "https://[redacted]@example.org/x"),
        ("postgresql://u:p@ss@db:5432/x?y=1", "postgresql://[redacted]@db:5432/x?y=1"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
        ('{"Authorization": "Basic YWJj"}', '{"Authorization": "Basic [redacted]"}'),
        ("python x.py --token=abc --lr 1", "python x.py --token=[redacted] --lr 1"),
        ("python x.py --db-password abc --lr 1", "python x.py --db-password [redacted] --lr 1"),
        ("API_KEY=abc123 python x.py", "API_KEY=[redacted] python x.py"),
        ("WANDB_API_KEY='a b' x", "WANDB_API_KEY='[redacted]' x"),
        ('api_key = "abc"', 'api_key = "[redacted]"'),
        ("password: str = 'abc'", "password: str = '[redacted]'"),
        ("os.environ['HF_TOKEN'] = 'abc'", "os.environ['HF_TOKEN'] = '[redacted]'"),
        (r"\"secret\": \"abc\"", r"\"secret\": \"[redacted]\""),
        ("db:\n  password: hunter22\n  port: 1", "db:\n  password: [redacted]\n  port: 1"),
        ("host=db password=abc dbname=x", "host=db password=[redacted] dbname=x"),
        ("https://x/y?a=1&token=abc&b=2", "https://x/y?a=1&token=[redacted]&b=2"),
        ("AccountName=a;AccountKey=abc==;End=1", "AccountName=a;AccountKey=[redacted];End=1"),
    ],
)
def test_what_is_assigned_to_a_secret_name_is_taken_out(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com:org/repo.git",
        "ssh://git@example.org/repo.git",
        "mail me@example.org",
        "postgresql://{user}:{password}@{host}/x",
        "token = tokenizer.encode(text)",
        "login(user=user, password=args.password)",
        "pad_token = '<pad>'",
        "eos_token='</s>' max_tokens=100",
        "tokenizer='bert-base-uncased'",
        "sort_key = 'loss'",
        "os.environ['API_KEY']",
        "API_KEY=$API_KEY python x.py",
        "token: ${TOKEN}",
        "auth_token: Optional[str]",
        "task-based sk-learn-container-classes",
        "if '-----BEGIN PRIVATE KEY-----' in text:",
        "metrics.loss < 0.1 and params.key = 'x'",
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact(text) == text


def test_a_private_key_goes_whole_and_its_lines_stay_counted() -> None:
    text = f"before\n{_PEM}\nafter"

    assert redact(text) == "before\n[redacted]\n[redacted]\n[redacted]\n[redacted]\nafter"


def test_a_private_key_in_json_goes_whole() -> None:
    text = '{"private_key": "' + _PEM.replace("\n", "\\n") + '\\n"}'

    assert "MIIE" not in redact(text)
    assert "Zm9v" not in redact(text)


_PIECES = st.sampled_from(
    [
        *_SHAPES,
        _PEM,
        "password=",
        "--token ",
        "'",
        '"',
        "\n",
        "://",
        "@",
        "key",
        "Bearer ",
        "=",
        ": ",
        "\\",
        "x" * 40,
        "é",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=5))).map("".join))
def test_redaction_keeps_the_number_of_lines(text: str) -> None:
    assert redact(text).count("\n") == text.count("\n")


@given(st.lists(_PIECES).map(" ".join))
def test_redaction_finds_nothing_the_second_time(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@given(st.text(max_size=20), st.sampled_from(_SHAPES), st.text(max_size=20))
def test_no_token_survives_in_any_surroundings(before: str, token: str, after: str) -> None:
    assert token not in redact(f"{before} {token} {after}")


@pytest.mark.parametrize(
    "unit",
    [
        "a", "-", "A_", "--a", "--a ", "eyJ", "eyJ-", "eyJa.", "sk-", "sk-a", "://", "://a@", "://a:", 'key="', "key_",
        "password=", "password='", "SECRET_", "KEY=", "key: a ", "?token=", "authorization:", "bearer ", "AKIA", "hf_",
        "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nComment:", "-----BEGIN PRIVATE KEY-----\\n",
        "xoxb-",
    ],
)  # fmt: skip
def test_a_megabyte_of_near_misses_comes_back(unit: str) -> None:
    # With a pattern that backtracks over the whole text, this would take hours and hit the test's time limit.
    text = "PRIVATE KEY -- key " + unit * (1_000_000 // len(unit))

    assert redact(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "name",
    ["password", "DB_PASSWORD", "HF_TOKEN", "apiKey", "aws_secret_access_key", "PGPASSWORD", "auth", "private-key"],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "lr", "max_tokens", "pad_token", "token_file", "PASSWORD_FILE", "author", "tokenizer", "sort_key", "monkey"],
)
def test_names_that_only_sound_like_secrets(name: str) -> None:
    assert not is_secret_name(name)


def test_arguments_lose_what_their_flags_call_secret() -> None:
    arguments = [
        "train.py", "--password", "abc", "--token=abc", "model.api_key=abc", "--use-auth-token", "data.csv", "--lr",
        "0.1", "--password", "--verbose", "https://u:p@host/x", "--image_key=jpg",
        "--openai-key=a1b2c3d4e5f6a7b8c9", "-",
    ]  # fmt: skip

    assert redact_argv(arguments) == [
        "train.py", "--password", "[redacted]", "--token=[redacted]", "model.api_key=[redacted]", "--use-auth-token",
        "data.csv", "--lr", "0.1", "--password", "--verbose", "https://[redacted]@host/x", "--image_key=jpg",
        "--openai-key=[redacted]", "-",
    ]  # fmt: skip


def test_variables_lose_the_values_of_secret_ones() -> None:
    variables = {
        "MY_KEY": "a",
        "GH_TOKEN": "b",
        "TOKENIZERS_PARALLELISM": "false",
        "URL": "http://u:p@h",
        "EMPTY_KEY": "",
    }

    assert redact_env(variables) == {
        "MY_KEY": "[redacted]",
        "GH_TOKEN": "[redacted]",
        "TOKENIZERS_PARALLELISM": "false",
        "URL": "http://[redacted]@h",
        "EMPTY_KEY": "",
    }
