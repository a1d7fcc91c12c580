"""A mock whose control API asks for a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.http.app import create_app
from mockserver.settings import Settings

if TYPE_CHECKING:
    from flask import Flask


def make() -> Flask:
    return create_app(Settings(control_token="open-sesame"))
