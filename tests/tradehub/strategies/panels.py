"""A profile of the three providers, some of its models exchanged for ones that fail."""

from __future__ import annotations

from pathlib import Path

_PANEL = """
threshold = 0.6
deadline_s = {deadline_s}
quorum = {{ minimum_voters = 3, minimum_weight_frac = 1.0 }}
[[voters]]
name = "chatgpt"
provider = "openai"
role = "technical"
weight = 0.40
model = "{openai}"
[[voters]]
name = "claude"
provider = "anthropic"
role = "risk"
weight = 0.35
model = "{anthropic}"
[[voters]]
name = "gemini"
provider = "gemini"
role = "sentiment"
weight = 0.25
model = "{gemini}"
"""
_MODELS = {
    "openai": "gpt-6.1-terra",
    "anthropic": "claude-sonnet-5-5",
    "gemini": "gemini-3.8-flash",
}


def write_profile(user_data: Path, name: str, *, deadline_s: float = 5.0, **models: str) -> None:
    """Write the profile into a user directory."""
    (user_data / "profiles").mkdir(parents=True, exist_ok=True)
    text = _PANEL.format(deadline_s=deadline_s, **(_MODELS | models))
    (user_data / "profiles" / f"{name}.toml").write_text(text)
