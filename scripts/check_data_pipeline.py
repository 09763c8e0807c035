#!/usr/bin/env python3
"""Check every stored candle and list the gaps: the same as `proratio data verify`."""

import sys

from proratio_tradehub.cli.main import run

if __name__ == "__main__":
    sys.argv[1:1] = ["data", "verify"]
    run()
