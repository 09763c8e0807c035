"""Trading on the replay exchange: orders matched against recorded prices, accounts, positions."""

from proratio_core.replay.trading.orders import Fill, Order, OrderKind, OrderStatus, Side
from proratio_core.replay.trading.perpetual_account import PerpetualAccount
from proratio_core.replay.trading.private_endpoints import PrivateEndpoints, SignedRequest
from proratio_core.replay.trading.signature import Credentials
from proratio_core.replay.trading.spot_account import SpotAccount
from proratio_core.replay.trading.trader import Trader
from proratio_core.replay.trading.venue import Venue

__all__ = [
    "Credentials",
    "Fill",
    "Order",
    "OrderKind",
    "OrderStatus",
    "PerpetualAccount",
    "PrivateEndpoints",
    "Side",
    "SignedRequest",
    "SpotAccount",
    "Trader",
    "Venue",
]
