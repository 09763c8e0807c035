"""The command line of a paper bot: as configured, the options above it, and dry for sure."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_core.values import Market, Pair, Timeframe
from proratio_quantlab.fingerprint import strategy_file
from proratio_tradehub.backtesting.gating import profile_for
from proratio_tradehub.risk import load_risk_profile

__all__ = ["PaperBot", "bot_command", "bot_environment", "config_files_of"]

_KEYS: Final = ("FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET")
"""Paper trading needs no key, so the process gets none."""


@dataclass(frozen=True, slots=True)
class PaperBot:
    """A bot that trades on paper against an exchange as it is now.

    Parameters
    ----------
    strategy
        Class name in `user_data/strategies`.
    pairs, timeframe, profile, risk
        In place of what the configuration says; empty or None leaves it.
    configs
        Further configurations of Freqtrade, above `config.json`.
    """

    strategy: str
    pairs: tuple[Pair, ...] = ()
    timeframe: Timeframe | None = None
    profile: str | None = None
    risk: str | None = None
    configs: tuple[Path, ...] = ()

    @property
    def overlay(self) -> Mapping[str, Any]:
        """What stands above every configuration."""
        ours = {"profile": self.profile, "risk": self.risk}
        ours = {name: value for name, value in ours.items() if value is not None}
        stated: dict[str, Any] = {"dry_run": True, "bot_name": self.strategy}
        if ours:
            stated["proratio"] = ours
        if self.pairs:
            stated["exchange"] = {"pair_whitelist": [str(pair) for pair in self.pairs]}
        if self.timeframe is not None:
            stated["timeframe"] = self.timeframe.value
        return stated

    @property
    def is_futures(self) -> bool:
        """Whether the options name perpetuals."""
        return any(pair.market is Market.PERPETUAL for pair in self.pairs)


def bot_command(bot: PaperBot, settings: Settings, *, pulse: Path, overlay: Path) -> list[str]:
    """Return the command that runs the bot.

    Parameters
    ----------
    bot, settings
        Which bot, of which installation.
    pulse
        The file each loop touches.
    overlay
        Where the last configuration, `bot.overlay`, will lie.

    Raises
    ------
    ConfigurationError
        The strategy, a configuration or a profile does not exist.
    """
    user_data = settings.user_data
    strategy_file(user_data, bot.strategy)
    if bot.profile is not None:
        profile_for(bot.strategy, bot.profile, settings)
    if bot.risk is not None:
        load_risk_profile(bot.risk, user_data / "risk")
    files = config_files_of(bot, settings)
    database = user_data.resolve() / f"paper-{bot.strategy}.sqlite"
    return [
        *(sys.executable, "-m", "proratio_tradehub.paper.bot", str(pulse), "trade", "--dry-run"),
        *("--userdir", str(user_data), "--strategy", bot.strategy, "--db-url"),
        f"sqlite:///{database}",
        *(word for file in (*files, overlay) for word in ("--config", str(file))),
    ]


def config_files_of(bot: PaperBot, settings: Settings) -> tuple[Path, ...]:
    """Return the configurations below the overlay, the last one outranking the others.

    Raises
    ------
    ConfigurationError
        One does not exist.
    """
    names = ["config.json", *(["config-futures.json"] if bot.is_futures else [])]
    files = (*(settings.user_data / name for name in names), *bot.configs)
    for file in files:
        if not file.is_file():
            raise ConfigurationError(f"the configuration {file} does not exist; name it right")
    return files


def bot_environment(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Return the variables of the bot's process: this one's, without any key of an exchange."""
    kept = {name: value for name, value in environment.items() if name not in _KEYS}
    return {
        **kept,
        "FREQTRADE__DRY_RUN": "true",
        "PRORATIO_USER_DATA": str(settings.user_data.resolve()),
        "PYTHONUNBUFFERED": "1",
    }
