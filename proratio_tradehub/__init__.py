"""Operate: strategies, risk, the command line."""

__all__: list[str] = []
