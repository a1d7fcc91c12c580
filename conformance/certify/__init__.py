"""Judging an integration: it is started against a recording world, and what it sent and left behind is judged."""
