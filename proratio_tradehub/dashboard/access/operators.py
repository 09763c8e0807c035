"""Every action of the dashboard asks here, at the moment it is carried out, whether it may be.

That a viewer sees no button is a courtesy; a page that was drawn for somebody else, or before the
session ended, has one.
"""

from __future__ import annotations

import logging

from proratio_core.errors import ConfigurationError
from proratio_tradehub.dashboard.access.deeds import DeedFile
from proratio_tradehub.dashboard.access.visitors import Visitor

__all__ = ["require_operator"]

_log = logging.getLogger(__name__)


def require_operator(
    visitor: Visitor | None, deeds: DeedFile, *, action: str, undone: str = "nothing was done"
) -> Visitor:
    """Return who acts, if they may.

    Parameters
    ----------
    visitor
        Who is at the page now; None when their session has ended.
    deeds
        Where it is put on record that a viewer tried.
    action
        What they want done, as the record of actions names it.
    undone
        How the message says that it was not.

    Raises
    ------
    ConfigurationError
        Their session has ended, or they are no operator.
    """
    if visitor is None:
        raise ConfigurationError(f"{undone}: your session has ended; sign in again")
    if not visitor.may_act:
        _log.warning("%s tried to act: %s", visitor.name, action)
        deeds.note(by=visitor.name, action=action, detail="refused: a viewer may not act")
        raise ConfigurationError(f"{undone}: only an operator may act")
    return visitor
