"""The dashboard: what a trader keeps open. Streamlit is imported when it is served."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proratio_tradehub.dashboard.server import Listening, serve

__all__ = ["Listening", "serve"]


def __getattr__(name: str) -> Any:
    """Import the server, and with it Streamlit, when it is asked for."""
    if name in ("Listening", "serve"):
        from proratio_tradehub.dashboard import server  # noqa: PLC0415  # Streamlit takes a second

        return getattr(server, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
