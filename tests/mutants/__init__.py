"""Deliberately wrong servers and integrations: what the suite must tell from right ones."""
