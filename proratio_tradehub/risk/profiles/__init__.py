"""The built-in risk profiles, as package data; `proratio_tradehub.risk.profile` reads them."""

__all__: list[str] = []
