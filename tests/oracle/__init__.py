"""A second, deliberately dumb implementation: no code is shared with the package, and speed does not matter."""

from tests.oracle.figures import figure, shown

__all__ = ["figure", "shown"]
