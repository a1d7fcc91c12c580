"""A readings file: YAML or JSON, reading id to option, alone or under the key `readings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.behaviours import RegistryError, resolve

if TYPE_CHECKING:
    from pathlib import Path


class ReadingsFileError(ValueError):
    """A readings file that cannot be used."""


def read_readings(path: Path) -> dict[str, str]:
    """
    Return the options that a file chooses.

    Raises:
        ReadingsFileError: when it is unreadable, or names something unknown.
    """
    from mockserver.files.world_file import read_world
    from mockserver.files.world_problems import WorldFileError

    try:
        document = read_world(path)
    except WorldFileError as error:
        raise ReadingsFileError(str(error)) from None
    chosen = document.get("readings", document)
    if not isinstance(chosen, dict) or not all(isinstance(option, str) for option in chosen.values()):
        raise ReadingsFileError(f"{path}: expected reading ids with the options chosen")
    try:
        resolve(chosen)
    except RegistryError as error:
        raise ReadingsFileError(f"{path}: {error}") from None
    return chosen
