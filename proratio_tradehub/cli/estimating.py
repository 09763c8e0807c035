"""What planned questions will use, counted from their prompts while a bar shows how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proratio_tradehub.cli.session import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proratio_signals.backfill import BackfillPlan
    from proratio_signals.estimate import Estimate
    from proratio_signals.profile import Profile
    from proratio_tradehub.cli.session import Session

__all__ = ["estimate_of"]


def estimate_of(
    session: Session, profile: Profile, plans: Sequence[BackfillPlan], *, batch: bool = False
) -> Estimate:
    """Return what asking everything that is open in `plans` will use and cost.

    With `batch`, voters whose provider has batches are counted at the prices of those.

    Raises
    ------
    ConfigurationError
        A model or its price is not known.
    """
    from proratio_signals.estimate import estimate
    from proratio_signals.habits import read_habits
    from proratio_signals.providers.pricing import has_batches, model_of
    from proratio_signals.wording import prompts_for

    models = {voter.name: model_of(voter, session.settings) for voter in profile.voters}
    snapshots = (
        planned.windows[question.key].at(question.as_of)
        for planned in plans
        for question in planned.open
    )
    total = sum(len(planned.open) for planned in plans)
    with progress_bar() as bar:
        prompts = (
            prompts_for(profile, snapshot)
            for snapshot in bar.track(snapshots, total, description="counting tokens")
        )
        return estimate(
            prompts,
            profile,
            models=models,
            habits=read_habits(session.database),
            on=session.clock.now().date(),
            batched=[voter.name for voter in profile.voters if batch and has_batches(voter)],
        )
