"""Large files and patches are gone through in blocks, and no line is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runstone.tracking.capture.redaction import redact_file, redact_patch


@given(st.binary(max_size=300))
def test_bytes_without_secrets_stay(data: bytes) -> None:
    assert redact_file(data) == data
    assert redact_patch(data) == (data, [])


def test_secrets_are_found_in_every_block_and_across_their_borders() -> None:
    key = b"-----BEGIN PRIVATE KEY-----\n" + b"MIIEvQIBADANBgkqhkiG9w0B\n" * 50 + b"-----END PRIVATE KEY-----\n"
    for lead in range(128 * 1024 - 1500, 128 * 1024 + 200, 97):
        data = b"a" * lead + b"\n" + key + b"b" * 200_000 + b"\npassword='hush'\n"

        cleaned = redact_file(data)

        assert b"MIIE" not in cleaned
        assert b"hush" not in cleaned
        assert cleaned.count(b"\n") == data.count(b"\n")


def test_only_the_hunks_of_a_patch_are_touched() -> None:
    patch = (
        b"diff --git a/token=abc.py b/token=abc.py\n--- a/token=abc.py\n+++ b/token=abc.py\n"
        b"@@ -1 +1 @@\n-API_KEY=old-hush\n+API_KEY=new-hush\n"
        b"diff --git a/b.bin b/b.bin\nGIT binary patch\nliteral 3\nKcmZSJ API_KEY=x\n\n"
        b"diff --git a/c.py b/c.py\n--- a/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
    )

    cleaned, touched = redact_patch(patch)

    assert cleaned == patch.replace(b"old-hush", b"[redacted]").replace(b"new-hush", b"[redacted]")
    assert touched == ["a/token=abc.py b/token=abc.py"]
