"""Reading and writing files: worlds, stock sheets, readings."""
