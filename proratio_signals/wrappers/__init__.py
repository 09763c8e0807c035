"""What stands between the panel and a provider: turns, money, patience; each a small wrapper."""

from proratio_signals.wrappers.stack import caps_of, guard, guarded_providers

__all__ = ["caps_of", "guard", "guarded_providers"]
