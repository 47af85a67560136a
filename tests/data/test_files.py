import gzip
import hashlib
import json
import os

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument, NotFound
from runstone.data import from_arrow, from_path

TABLE = pa.table({"a": [1, 2, 3], "b": ["x", "y", None]})


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        at = folder / name.replace("__", "/").replace("_", ".")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(content)
    return folder


def digest(path, **options):
    return from_path(path, **options).digest


def test_rows_of_a_csv_in_any_order_are_the_same_dataset(tmp_path):
    one, other, changed = (
        write(tmp_path, **{f"{name}_csv": text})
        and tmp_path / f"{name}.csv"
        for name, text in (("one", "a,b\n1,x\n2,y\n"), ("other", "a,b\n2,y\n1,x"), ("changed", "a,b\n1,x\n2,z\n"))
    )  # fmt: skip

    dataset, shuffled = from_path(one), from_path(other)

    assert dataset.digest == shuffled.digest != digest(changed)
    assert dataset.profile == shuffled.profile
    assert dataset.schema == shuffled.schema
    assert (dataset.name, dataset.row_count, dataset.source_type) == ("one", 2, "local")
    assert dataset.digest.startswith("rows1:")


def test_every_format_of_the_same_table_is_the_same_dataset(tmp_path):
    pa.parquet.write_table(TABLE, tmp_path / "t.parquet")
    pa.feather.write_feather(TABLE, tmp_path / "t.feather")
    with pa.OSFile(str(tmp_path / "file.arrow"), "wb") as sink, pa.ipc.new_file(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    with pa.OSFile(str(tmp_path / "stream.arrow"), "wb") as sink, pa.ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    (tmp_path / "t.jsonl").write_text('{"b":"x","a":1}\n{"a":2,"b":"y"}\n{"a":3}')

    assert {digest(path) for path in tmp_path.iterdir()} == {from_arrow(TABLE).digest}


def test_compressed_text_is_its_table(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n1,x\n"))

    assert digest(tmp_path / "t.csv.gz") == digest(tmp_path / "t.csv")
    assert from_path(tmp_path / "t.csv.gz").name == "t"


@pytest.mark.parametrize("text", ["\ufeffa,b\n1,x\n", "a,b\r\n1,x\r\n", "a,b\n1.0,x\n", "a\tb\n1\tx\n"])
def test_how_text_is_written(tmp_path, text):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n")
    other = tmp_path / ("other.tsv" if "\t" in text else "other.csv")
    other.write_bytes(text.encode())

    # A number with a point is of another type.
    assert (digest(other) == digest(tmp_path / "t.csv")) == ("1.0" not in text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["1", "2.5", "true", "x", "", "2020-01-01"]), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_how_rows_are_spread_over_parts_does_not_matter(tmp_path_factory, rows, random):
    whole, parts = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("parts")
    header, lines = "a,b\n", [f"{a},{b}\n" for a, b in rows]
    (whole / "part-0.csv").write_text(header + "".join(lines))
    random.shuffle(lines)
    cut = random.randrange(len(lines) + 1)
    (parts / "part-7.csv").write_text(header + "".join(lines[:cut]).rstrip("\n"))
    (parts / "part-10.csv").write_text(header + "".join(lines[cut:]))

    assert digest(parts) == digest(whole) == digest(whole / "part-0.csv")


def test_parts_in_binary_formats_are_one_table(tmp_path):
    pa.parquet.write_table(TABLE.slice(1), tmp_path / "part-0.parquet")
    pa.parquet.write_table(TABLE.slice(0, 1), tmp_path / "part-1.parquet")

    dataset = from_path(tmp_path)

    assert dataset.digest == from_arrow(TABLE).digest
    assert dataset.row_count == 3
    assert dataset.df.num_rows == 3


def test_tables_of_other_names_are_told_apart(tmp_path):
    one = write(tmp_path / "one", train_csv="a\n1\n2\n", test_csv="a\n3\n")
    moved = write(tmp_path / "moved", train_csv="a\n1\n", test_csv="a\n3\n2\n")
    shuffled = write(tmp_path / "shuffled", test_csv="a\n3\n", train_csv="a\n2\n1\n")

    dataset = from_path(one)

    assert dataset.digest == digest(shuffled) != digest(moved)
    assert dataset.digest.startswith("files1:")
    assert [column.name for column in dataset.schema] == ["test.csv/a", "train.csv/a"]
    assert (dataset.row_count, dataset.profile["num_rows"]) == (3, 3)


def test_folders_within_are_told_apart(tmp_path):
    one = write(tmp_path / "one", **{"y=1__part-0_csv": "a\n1\n", "y=2__part-0_csv": "a\n2\n"})
    other = write(tmp_path / "other", **{"y=1__part-0_csv": "a\n2\n", "y=2__part-0_csv": "a\n1\n"})

    assert digest(one) != digest(other)


def test_parts_that_do_not_fit_are_tables_of_their_own(tmp_path):
    one = write(tmp_path / "one", **{"part-0_csv": "a,b\n1,2\n", "part-1_csv": "b,a\n2,1\n"})
    pa.parquet.write_table(TABLE, one / "p-0.parquet")
    pa.parquet.write_table(TABLE.select(["a"]), one / "p-1.parquet")

    names = {column.name for column in from_path(one).schema}

    assert names == {f"part-{part}.csv/{name}" for part in "01" for name in "ab"} | {
        "p-0.parquet/a",
        "p-0.parquet/b",
        "p-1.parquet/a",
    }


def test_other_files_count_as_name_and_bytes(tmp_path):
    one = write(tmp_path / "one", a_txt="1", sub__b_txt="2")
    same = write(tmp_path / "same", sub__b_txt="2", a_txt="1")
    others = [
        write(tmp_path / "renamed", c_txt="1", sub__b_txt="2"),
        write(tmp_path / "changed", a_txt="1", sub__b_txt="3"),
        write(tmp_path / "moved", a_txt="1", other__b_txt="2"),
        write(tmp_path / "fewer", a_txt="1"),
        write(tmp_path / "swapped", a_txt="2", sub__b_txt="1"),
    ]

    dataset = from_path(one)

    assert dataset.digest == digest(same)
    assert len({dataset.digest, *map(digest, others)}) == 6
    assert (dataset.row_count, dataset.schema, dataset.df, dataset.features) == (None, (), None, None)
    assert dataset.profile == {
        "num_files": 2,
        "size_bytes": 2,
        "files": [
            {"path": "a.txt", "size_bytes": 1, "digest": "sha256:" + hashlib.sha256(b"1").hexdigest()},
            {"path": "sub/b.txt", "size_bytes": 1, "digest": "sha256:" + hashlib.sha256(b"2").hexdigest()},
        ],
    }
    assert dataset.to_record().schema is None


def test_a_table_beside_another_file_counts_as_its_rows(tmp_path):
    one = write(tmp_path / "one", data_csv="a\n1\n2\n", README_txt="x")
    shuffled = write(tmp_path / "shuffled", data_csv="a\n2\n1\n", README_txt="x")
    changed = write(tmp_path / "changed", data_csv="a\n1\n2\n", README_txt="y")

    assert digest(one) == digest(shuffled) != digest(changed)


def test_a_single_file_counts_as_its_bytes_whatever_its_name(tmp_path):
    write(tmp_path, a_bin="1", b_bin="1", c_bin="2")

    dataset = from_path(tmp_path / "a.bin")

    assert dataset.digest == digest(tmp_path / "b.bin") != digest(tmp_path / "c.bin")
    assert dataset.source.to_dict()["digest"] == "sha256:" + hashlib.sha256(b"1").hexdigest()
    assert len(dataset.digest) == 36


@pytest.mark.parametrize("content", [b"", b"a,b\n1\n1,2,3\n", b"\xff\xfe\0\1" * 9])
def test_a_table_that_cannot_be_read_counts_as_its_bytes(tmp_path, caplog, content):
    (tmp_path / "t.parquet" if content.startswith(b"\xff") else tmp_path / "t.csv").write_bytes(content)

    dataset = from_path(next(tmp_path.iterdir()))

    assert dataset.digest.startswith("files1:")
    assert "cannot be read as a table" in caplog.text


def test_how_to_read_can_be_told(tmp_path):
    write(tmp_path, t_csv="a\n1\n2\n", shuffled_csv="a\n2\n1\n", x_bin="1")

    assert digest(tmp_path / "t.csv", reading="files") != digest(tmp_path / "shuffled.csv", reading="files")
    assert digest(tmp_path / "t.csv", reading="table") == digest(tmp_path / "shuffled.csv")
    with pytest.raises(InvalidArgument, match="not one table"):
        from_path(tmp_path / "x.bin", reading="table")
    with pytest.raises(InvalidArgument, match="auto, table or files"):
        from_path(tmp_path, reading="bytes")


def test_nothing_there_is_not_found(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")

    with pytest.raises(NotFound, match="gone"):
        from_path(tmp_path / "gone")
    with pytest.raises(NotFound, match="points at nothing"):
        from_path(tmp_path)


def test_links_count_as_what_they_point_at(tmp_path):
    real = write(tmp_path / "real", **{"sub__a_txt": "1"})
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "sub").symlink_to(real / "sub")

    assert digest(linked) == digest(real)


def test_a_loop_of_links_and_a_pipe_are_errors(tmp_path):
    loop, pipes = tmp_path / "loop", tmp_path / "pipes"
    loop.mkdir()
    pipes.mkdir()
    (loop / "again").symlink_to(loop)
    os.mkfifo(pipes / "pipe")

    with pytest.raises(InvalidArgument, match="contains itself"):
        from_path(loop)
    with pytest.raises(InvalidArgument, match="neither a file nor a folder"):
        from_path(pipes)


def test_names_that_are_no_text_are_kept_apart(tmp_path):
    names = [b"\xff.bin", b"\xfe.bin", "ü.bin".encode()]
    folders = []
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        folder.mkdir()
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"1")
        folders.append(folder)

    assert len({digest(folder) for folder in folders}) == 3
    json.loads(from_path(folders[0]).to_record().profile)


def test_an_empty_folder_is_a_dataset(tmp_path):
    assert from_path(tmp_path).profile == {}


def test_a_file_that_dvc_tracks_says_its_version(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv.dvc").write_text("outs:\n- md5: 0a1b\n  path: t.csv\n")

    facts = from_path(tmp_path / "t.csv").source.to_dict()

    assert facts == {"uri": str(tmp_path / "t.csv"), "dvc": {"file": "t.csv.dvc", "md5": "0a1b", "path": "t.csv"}}


def test_the_target_column_of_a_file(tmp_path):
    pd.DataFrame({"a": [1], "y": [2]}).to_csv(tmp_path / "t.csv", index=False)

    dataset = from_path(tmp_path / "t.csv", name="named", targets="y")

    assert (dataset.name, dataset.targets, dataset.features.column_names) == ("named", "y", ["a"])
    with pytest.raises(InvalidArgument, match="targets names column 'z'"):
        from_path(tmp_path / "t.csv", targets="z")


def test_without_pyarrow_files_count_as_their_bytes(tmp_path, monkeypatch):
    from runstone.core.errors import MissingExtra
    from runstone.data import files

    (tmp_path / "t.csv").write_text("a\n1\n")
    monkeypatch.setattr(files, "find_spec", lambda name: None)

    assert digest(tmp_path / "t.csv") == digest(tmp_path / "t.csv", reading="files")
    with pytest.raises(MissingExtra, match=r"runstone\[data\]"):
        from_path(tmp_path / "t.csv", reading="table")
