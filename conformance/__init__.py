"""
Judges servers against what the vendors document.

A server is known here by HTTP or WSGI only: nothing in this package imports the mock server, so that one bug
cannot agree with itself. Vectors and probes are data, shipped under ``fixtures``.
"""
