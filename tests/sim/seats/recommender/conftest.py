"""What the tests of the seats share."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny worlds on busy cores: a second thread makes a page four times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
