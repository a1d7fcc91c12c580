"""Judging recorded traffic: what was sent and answered, and the history that it makes up."""
