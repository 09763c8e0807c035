"""What a voter is told: versioned templates, one file a role and version, and their rendering."""

from proratio_signals.prompts.render import Prompt, render

__all__ = ["Prompt", "render"]
