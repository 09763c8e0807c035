"""Orders with real money: written down before they are sent, and never sent twice."""

from proratio_tradehub.orders.book import OrderEvent, OrderEventKind, TradeBook
from proratio_tradehub.orders.delisting import DelistingWatch
from proratio_tradehub.orders.desk import OrderDesk
from proratio_tradehub.orders.intent import OrderIntent, Purpose, new_name, purpose_of
from proratio_tradehub.orders.intent_file import IntentFile, OpenIntent, intent_path
from proratio_tradehub.orders.loopback import foreign_urls

__all__ = [
    "DelistingWatch",
    "IntentFile",
    "OpenIntent",
    "OrderDesk",
    "OrderEvent",
    "OrderEventKind",
    "OrderIntent",
    "Purpose",
    "TradeBook",
    "foreign_urls",
    "intent_path",
    "new_name",
    "purpose_of",
]
