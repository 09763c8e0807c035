#!/usr/bin/env python3
"""Bring Freqtrade's feather files up to date: the same as `proratio data export`."""

import sys

from proratio_tradehub.cli.main import run

if __name__ == "__main__":
    sys.argv[1:1] = ["data", "export"]
    run()
