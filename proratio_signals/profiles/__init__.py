"""The built-in profiles, as package data; `proratio_signals.profile` reads them."""

__all__: list[str] = []
