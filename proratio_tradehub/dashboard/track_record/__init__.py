"""The page Track record: what each voter was worth."""

__all__: list[str] = []
