"""Orders with real money: written down before they are sent, and never sent twice."""

from proratio_tradehub.orders.loopback import foreign_urls

__all__ = ["foreign_urls"]
