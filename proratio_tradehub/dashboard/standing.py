"""Where the orders leave trading, as the pages see it: by the halt file alone where need be."""

from __future__ import annotations

from proratio_core.errors import ProratioError
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.reading import Sight
from proratio_tradehub.halts import HaltLedger, Halts, Standing, halt_file

__all__ = ["read_standing", "see_standing"]


def see_standing(house: House) -> Sight[Standing]:
    """Return whether entries are held back, and what is not known of it."""
    return house.shelf.look("standing", lambda: read_standing(house), good_s=2.0)


def read_standing(house: House) -> Standing:
    """Return the same, read now: what an order is checked against."""
    file = halt_file(house.settings)
    try:
        return house.reader.read(
            lambda database: Halts(file, HaltLedger(database), clock=house.clock).standing()
        )
    except ProratioError as error:
        return Halts(file, error, clock=house.clock).standing()
