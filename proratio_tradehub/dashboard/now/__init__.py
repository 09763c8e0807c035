"""The page Now: is it well, and how much room is left."""

__all__: list[str] = []
