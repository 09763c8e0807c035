"""A Freqtrade process must not pay for SDKs it never calls (seconds, and 120 MB)."""

from __future__ import annotations

import subprocess
import sys

SDKS = ("openai", "anthropic", "google.genai", "aiohttp", "httpx", "httpx2")


def test_importing_signals_panel_and_providers_imports_no_sdk() -> None:
    program = (
        "import sys, proratio_signals, proratio_signals.panel, proratio_signals.providers\n"
        "import proratio_signals.providers.openai, proratio_signals.providers.anthropic\n"
        "import proratio_signals.providers.gemini, proratio_signals.providers.compatible\n"
        f"print([name for name in {SDKS!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
