"""A specification as the configuration that Freqtrade's engine takes."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from freqtrade.configuration import validate_config_consistency
from freqtrade.configuration.environment_vars import environment_vars_to_dict
from freqtrade.configuration.load_config import load_from_files
from freqtrade.enums import RunMode
from freqtrade.misc import deep_merge_dicts

from proratio_core.values import Market
from proratio_quantlab.fingerprint import config_files
from proratio_quantlab.freqtrade_parameters import HOST_PARAMETERS
from proratio_quantlab.specification import UNGATED, Specification

__all__ = ["engine_config"]


def engine_config(specification: Specification, user_data: Path) -> dict[str, Any]:
    """Return the configuration of one backtest.

    The files of the user directory are read as Freqtrade's command line reads them; what the
    specification states stands above them. Freqtrade's own loader is passed over because it
    imports every command and takes over the process's logging.
    """
    futures = any(pair.market is Market.PERPETUAL for pair in specification.pairs)
    files = [str(file) for file in config_files(user_data, futures=futures)]
    config: dict[str, Any] = deep_merge_dicts(environment_vars_to_dict(), load_from_files(files))
    config["original_config"] = deepcopy(config)
    execution = config.get("proratio", {}).get("execution")
    config["exchange"]["pair_whitelist"] = [str(pair) for pair in specification.pairs]
    config.update(
        runmode=RunMode.BACKTEST,
        dry_run=True,
        verbosity=0,
        internals={},
        user_data_dir=user_data,
        datadir=user_data / "data" / specification.exchange,
        exportdirectory=user_data / "backtest_results",
        export="none",
        backtest_cache="none",
        strategy=specification.strategy,
        timeframe=specification.timeframe.value,
        timerange=str(specification.timerange),
        dry_run_wallet=specification.starting_balance,
        max_open_trades=specification.max_open_trades,
        fee=specification.fee_frac + specification.slippage_frac,
        pairlists=[{"method": "StaticPairList"}],
        proratio={
            "profile": specification.profile or UNGATED,
            "parameters": dict(specification.parameters),
            "seed": specification.seed,
            **({"risk": specification.risk_profile} if specification.risk_profile else {}),
            **({"execution": execution} if execution else {}),
        },
    )
    config.update({k: v for k, v in specification.parameters if k in HOST_PARAMETERS})
    validate_config_consistency(config, preliminary=True)
    return config
