"""A deterministic double of Order Manager and Marketplacer over one reference allocation engine."""

from __future__ import annotations

__version__ = "0.1.0"
