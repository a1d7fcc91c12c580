"""The pure world: see README.md in this folder."""
