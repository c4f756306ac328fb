"""Each test of the door begins with nothing counted against its address."""

from collections.abc import Iterator

import pytest

from tests.outils import vider_cache


@pytest.fixture(autouse=True)
def _compteurs_neufs() -> Iterator[None]:
    vider_cache()
    yield
    vider_cache()
