"""What all tests share."""

from __future__ import annotations

# For the tests of our own plugin, which run pytest inside pytest.
pytest_plugins = ["pytester"]
