"""The page Consensus: what the models said, and what it came to."""

__all__: list[str] = []
