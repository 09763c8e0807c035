"""Templates and facts into prompts.

A template is a package file `ROLE_VERSION.md` with two blocks, `system` and `user`. A published
template is never edited: a change is a new version, so that a vote's prompt version says what was
asked. A test holds the digest of each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

import jinja2
import numpy as np

from proratio_core.errors import ConfigurationError
from proratio_signals.snapshot import Shown

__all__ = ["Prompt", "render"]


@dataclass(frozen=True)
class Prompt:
    """What one voter is asked.

    Parameters
    ----------
    role
        What it looks at: technical, risk or sentiment.
    system
        Who it is and what the rules are; the same for every question.
    user
        The facts of this question.
    version
        Version of the template.
    snapshot
        Where the facts are from; rules read it directly.
    """

    role: str
    system: str
    user: str
    version: str
    snapshot: Shown

    @cached_property
    def hash(self) -> str:
        """SHA-256 of role, version and both texts, in hexadecimal."""
        parts = json.dumps([self.role, self.version, self.system, self.user])
        return hashlib.sha256(parts.encode()).hexdigest()


def render(role: str, version: str, snapshot: Shown) -> Prompt:
    """Return the prompt of a role for a snapshot.

    Raises
    ------
    ConfigurationError
        There is no template of this role and version.
    """
    template = _template(role, version)
    context = template.new_context(_context(snapshot))
    system, user = ("".join(template.blocks[name](context)).strip() for name in ("system", "user"))
    return Prompt(role, system, user, version=version, snapshot=snapshot)


@lru_cache(maxsize=8)
def _context(snapshot: Shown) -> Mapping[str, object]:
    """Return what templates may use; kept, since every role of a panel needs the same."""
    return {
        "key": snapshot.key,
        "as_of": snapshot.as_of,
        "facts": {name: _plain(value) for name, value in snapshot.facts.items()},
        "recent": [[_plain(value) for value in row] for row in snapshot.recent],
    }


@cache
def _template(role: str, version: str) -> jinja2.Template:
    templates = _templates()
    name = f"{role}_{version}"
    if name not in templates:
        raise ConfigurationError(
            f"there is no prompt {version!r} for the role {role!r}; there are: "
            f"{', '.join(sorted(templates))}"
        )
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # the reader is a language model, not a browser
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(templates[name])


def _templates() -> Mapping[str, str]:
    folder = resources.files(__package__)
    return {
        entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".md")
    }


def _plain(value: float) -> str:
    """Return a number without an exponent, in as few digits as give it back exactly."""
    if isinstance(value, float) and "e" not in (digits := float.__repr__(value)):
        return digits.removesuffix(".0")  # the same digits as below, in a tenth of the time
    return np.format_float_positional(value, trim="-")
