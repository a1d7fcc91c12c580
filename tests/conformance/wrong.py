"""A place for wrong servers: tests put an application here and name it as tests.conformance.wrong:app."""

from __future__ import annotations

from flask import Flask

app = Flask("wrong")

text = "neither"
