"""Importing Freqtrade without the hundred exchanges and the statistics it will not use.

Freqtrade imports ccxt, and ccxt the code of every exchange it knows, three times over (plain,
asynchronous, WebSocket); it also imports scipy.stats, for figures we compute ourselves. Together
that is nearly half of the time a short backtest takes. Inside `lean_imports` the modules of all
other exchanges are empty classes that say so when used, and scipy.stats is loaded at its first use.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Any, Final

__all__ = ["lean_imports"]

_FLAVOURS: Final = ("ccxt", "ccxt.async_support", "ccxt.pro")
_SHARED: Final = frozenset(
    {"abstract", "async_support", "base", "pro", "protobuf", "static_dependencies", "test"}
)
_LATER: Final = frozenset({"scipy.stats"})


@contextmanager
def lean_imports(exchanges: Collection[str]) -> Iterator[None]:
    """Import inside this context as described above; what is already imported stays as it is.

    Parameters
    ----------
    exchanges
        ccxt ids whose code is wanted. Ids that begin with one of them (`binanceusdm` for
        `binance`) are wanted too, because ccxt builds those classes on it.
    """
    finder = _LeanFinder(tuple(exchanges))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _LeanFinder(MetaPathFinder):
    """Answers for the modules that are to be empty or late, and for no others."""

    def __init__(self, exchanges: tuple[str, ...]) -> None:
        self._exchanges = exchanges

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to import `name`; None leaves it to the ordinary way."""
        if name in _LATER:
            return _late_spec(name, path, target)
        flavour, _, exchange = name.rpartition(".")
        if flavour not in _FLAVOURS or exchange in _SHARED:
            return None
        if exchange.startswith(self._exchanges):
            return None
        return ModuleSpec(name, _EmptyExchange(flavour, exchange))


class _EmptyExchange(Loader):
    """Makes a module with a class of the exchange's name that cannot be created."""

    def __init__(self, flavour: str, exchange: str) -> None:
        self._flavour = flavour
        self._exchange = exchange

    def exec_module(self, module: ModuleType) -> None:
        """Put the class into the module."""
        setattr(module, self._exchange, _unusable(self._flavour, self._exchange))


def _unusable(flavour: str, exchange: str) -> type:
    def refuse(_: object, *__: Any, **___: Any) -> None:
        raise RuntimeError(
            f"{flavour}.{exchange} was not imported in this process, which loaded only the "
            "exchange it backtests; use it from a command of its own"
        )

    return type(exchange, (), {"__init__": refuse, "__module__": f"{flavour}.{exchange}"})


def _late_spec(
    name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    spec = PathFinder.find_spec(name, path, target)
    if spec is not None and spec.loader is not None:
        spec.loader = LazyLoader(spec.loader)
    return spec
