"""Who can be asked: language models behind their SDKs, and rules; each a plugin of one seam."""

from proratio_signals.providers.base import Create, NotConfiguredError, Provider
from proratio_signals.providers.registry import create_providers, find_provider

__all__ = ["Create", "NotConfiguredError", "Provider", "create_providers", "find_provider"]
