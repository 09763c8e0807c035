#!/usr/bin/env python3
"""Download candles into the store: the same as `proratio data download`."""

import sys

from proratio_tradehub.cli.main import run

if __name__ == "__main__":
    sys.argv[1:1] = ["data", "download"]
    run()
