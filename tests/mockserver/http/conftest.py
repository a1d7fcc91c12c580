"""A server in this process for every test."""

from __future__ import annotations

import copy

import pytest
from wsgi_mock import Mock, shipped


@pytest.fixture
def demo():
    """A server with the demo world."""
    return Mock(shipped("demo"))


@pytest.fixture
def seed_page():
    """A server with the world of the vendor page's examples."""
    return Mock(shipped("seed-004"))


@pytest.fixture
def new_mock():
    """Make a server with the demo world under other readings, another dialect or a control token."""

    def make(document="demo", *, readings=None, **options):
        chosen = copy.deepcopy(shipped(document) if isinstance(document, str) else document)
        if readings:
            chosen["readings"] = {**chosen.get("readings", {}), **readings}
        return Mock(chosen, **options)

    return make
