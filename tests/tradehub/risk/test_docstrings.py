"""The examples in the risk package's docstrings run and print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import proratio_tradehub.risk


def test_every_example_prints_what_it_says() -> None:
    package = proratio_tradehub.risk
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    results = [doctest.testmod(importlib.import_module(module.name)) for module in found]

    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) >= 20
