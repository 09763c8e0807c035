"""Starts the bot's process: first what `freqtrade trade` sets before it imports anything large."""

import sys
from importlib import import_module
from pathlib import Path

from freqtrade.system import gc_set_threshold

if __name__ == "__main__":
    gc_set_threshold()  # else a sixth of the imports is the search for garbage
    import_module("tests.soak.bot").main(Path(sys.argv[1]))
