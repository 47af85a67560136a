import json
import subprocess
import sys

import pytest

import runstone.data


def test_every_public_name_can_be_loaded():
    assert all(getattr(runstone.data, name) is not None for name in runstone.data.__all__)
    assert set(runstone.data.__all__) <= set(dir(runstone.data))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="from_nothing"):
        _ = runstone.data.from_nothing


def test_opening_the_door_loads_neither_numpy_nor_pyarrow():
    code = """if True:
        import json, sys
        import runstone.data
        print(json.dumps([name for name in ("numpy", "pyarrow", "pandas") if name in sys.modules]))
    """

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert json.loads(loaded) == []
