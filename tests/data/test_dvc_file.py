import pytest

from runstone.data.dvc_file import tracked_version

FILE = """outs:
- md5: 22a1a2931c8370d3aeedd7183606fd7f
  size: 14445097
  hash: md5
  path: data.csv
"""


def test_a_tracked_file_has_the_digest_in_the_file_beside_it(tmp_path):
    (tmp_path / "data.csv.dvc").write_text(FILE)

    assert tracked_version(tmp_path / "data.csv") == {
        "file": "data.csv.dvc",
        "md5": "22a1a2931c8370d3aeedd7183606fd7f",
        "size": 14445097,
        "hash": "md5",
        "path": "data.csv",
    }


def test_a_tracked_folder_and_what_else_such_a_file_may_say(tmp_path):
    (tmp_path / "my data.dvc").write_text(
        "md5: 0000\nframe:\n  path: x\nouts:\n- md5: 196a322c107c2572335158503c64bfba.dir\n  nfiles: 2\n"
        "  path: 'my data'\nmeta:\n  path: other\n  md5: 1111\n"
    )

    assert tracked_version(tmp_path / "my data") == {
        "file": "my data.dvc",
        "md5": "196a322c107c2572335158503c64bfba.dir",
        "nfiles": 2,
        "path": "my data",
    }


@pytest.mark.parametrize(
    "text", ["", "outs:\n", "outs: []\n", FILE.replace("data.csv", "other.csv"), "\0\xff", "md5: a\n"]
)
def test_a_file_that_says_nothing_of_it_is_nothing(tmp_path, text):
    (tmp_path / "data.csv.dvc").write_text(text)

    assert tracked_version(tmp_path / "data.csv") is None


def test_without_such_a_file_it_is_not_tracked(tmp_path):
    assert tracked_version(tmp_path / "data.csv") is None
