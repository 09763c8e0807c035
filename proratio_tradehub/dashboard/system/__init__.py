"""The page System: whether every process is well, and how the installation is set up."""

__all__: list[str] = []
