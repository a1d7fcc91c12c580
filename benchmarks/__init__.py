"""Measurements of the mock server, each beside a floor taken in the same run. See README.md."""
