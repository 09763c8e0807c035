"""Every page of the dashboard, in the order of the navigation. Pure.

A page is a package of the dashboard with a module `page` that has `show(room)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["BRAKES", "MOVED", "PAGES", "PageEntry"]


_FIRST: Final = "now"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: the package it is in, which is its address as well, and its name."""

    package: str
    title: str

    @property
    def address(self) -> str:
        """Its path in the browser; the first page is the dashboard's own address."""
        return "" if self.package == _FIRST else self.package.replace("_", "-")

    @property
    def module(self) -> str:
        """The module that has `show`."""
        return f"proratio_tradehub.dashboard.{self.package}.page"


BRAKES: Final = PageEntry("risk", "Risk")
"""Where trading is stopped."""

PAGES: Final = (
    PageEntry("now", "Now"),
    PageEntry("market", "Market"),
    PageEntry("consensus", "Consensus"),
    PageEntry("track_record", "Track record"),
    BRAKES,
    PageEntry("lab", "Lab"),
    PageEntry("data", "Data"),
    PageEntry("system", "System"),
)

MOVED: Final = {f"/{_FIRST}": "/"}
"""Addresses that somebody types because every other page has one like it, and where they lead."""
