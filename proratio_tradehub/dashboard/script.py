"""What Streamlit runs for every visitor and every click: who, what about, which page."""

from proratio_tradehub.dashboard.frame import run

__all__: list[str] = []

run()
