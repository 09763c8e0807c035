"""Every page of the navigation is there, and is made alike."""

from __future__ import annotations

from importlib import import_module
from inspect import signature

import pytest

from proratio_tradehub.dashboard.pages import MOVED, PAGES, PageEntry


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.package)
def test_page_is_shown_by_its_module(entry: PageEntry) -> None:
    module = import_module(entry.module)
    assert list(signature(module.show).parameters) == ["room"]


def test_addresses_are_unique_and_have_no_underscore() -> None:
    addresses = [entry.address for entry in PAGES]
    assert len(set(addresses)) == len(addresses)
    assert PAGES[0].address == ""
    assert PageEntry("track_record", "Track record").address == "track-record"


def test_every_page_is_found_by_its_name() -> None:
    found = {entry.address for entry in PAGES} | {path.removeprefix("/") for path in MOVED}
    assert {entry.package.replace("_", "-") for entry in PAGES} <= found
    assert set(MOVED.values()) == {"/"}
