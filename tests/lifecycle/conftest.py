"""The model in use is held in memory; no test inherits another's."""

from collections.abc import Iterator

import pytest

from clm_plugin.lifecycle.api import forget_model


@pytest.fixture(autouse=True)
def _no_model_left_over() -> Iterator[None]:
    forget_model()
    yield
    forget_model()
