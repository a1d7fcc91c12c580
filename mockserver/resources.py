"""Where the shipped schemas and fixtures are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _data_root() -> Path:
    beside_package = Path(__file__).resolve().parent.parent
    shipped = beside_package / "stockproof_data"
    return shipped if shipped.is_dir() else beside_package


def schemas_dir() -> Path:
    """Return the folder of OpenAPI documents, JSON Schemas and behaviours."""
    return _data_root() / "schemas"


def fixtures_dir() -> Path:
    """Return the folder of worlds, vectors and probes."""
    return _data_root() / "fixtures"
