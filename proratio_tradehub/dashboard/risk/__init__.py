"""The page Risk: how much of each limit is used, and the brakes."""

__all__: list[str] = []
