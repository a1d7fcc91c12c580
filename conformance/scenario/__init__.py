"""Scenarios: files that say what happens on several channels, replayed in virtual time and judged."""
