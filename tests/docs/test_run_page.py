"""What runs the pages notices what is wrong in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).with_name("run_page.py")


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    page = folder / "how-to" / "page.md"
    page.parent.mkdir()
    page.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(RUNNER), str(page)], cwd=folder, capture_output=True, text=True, check=False
    )


def test_blocks_run_in_order_and_share_what_they_make(tmp_path: Path) -> None:
    text = """
<!-- python
hidden = 20
-->
```python
total = hidden + 1
```
```python file=written.py
print("from a file")
```
```bash
python written.py
```
```text output
from …
```
```python
print(total)
```
```text output
21
```
"""

    done = run(text, tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "from a file\n21\n", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("```python\n1 / 0\n```\n", "line 2, in <module>"),
        ("```bash\ntrue\nfalse\ntrue\n```\n", "page.md:1: exit code 1"),
        ("```console\n$ runstone no-such-command\n```\n", "page.md:1: exit code 2"),
        ("```python\nprint(1)\n```\n```text output\n2\n```\n", "page.md:4: printed was instead"),
        ("```python no-run\n1\n```\n", "say why"),
        ('```python no-run="a reason"\n1 +\n```\n', "SyntaxError"),
        ("```python norun\n1\n```\n", "no such attribute"),
    ],
)
def test_what_is_wrong_is_found(text: str, problem: str, tmp_path: Path) -> None:
    done = run(text, tmp_path)

    assert done.returncode == 1
    assert problem in done.stderr
