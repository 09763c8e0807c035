"""Every rule of a profile over one entry: a stake, or every reason against it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.risk.rules import LeverageRule, RiskRule
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal, Scaling, Verdict

__all__ = ["RiskEngine"]


class RiskEngine:
    """The rules of one profile.

    Parameters
    ----------
    profile
        The limits.
    rules
        The rules to ask; None takes those of the profile.

    Examples
    --------
    Load a profile and ask: ``RiskEngine(load_risk_profile("proratio")).assess(state, intent)``.
    """

    def __init__(self, profile: RiskProfile, rules: Sequence[RiskRule] | None = None) -> None:
        self.profile = profile
        self._rules = rules_of(profile) if rules is None else tuple(rules)
        self._leverage = LeverageRule(profile.max_leverage, profile.ladder)

    def assess(self, state: PortfolioState, intent: EntryIntent) -> Verdict:
        """Return the decision on an entry.

        All rules are asked, so that every reason is known. Whatever a rule raises, and whatever it
        returns that is not a finding, refuses the entry in that rule's name.
        """
        findings = self._findings(state, intent)
        refusals = tuple([found for found in findings if isinstance(found, Refusal)])
        stake_quote, caps = _shrunk(intent.stake_quote, findings)
        if not refusals and stake_quote < intent.min_stake_quote:
            refusals = (_below_minimum(stake_quote, intent, caps),)
        if refusals:
            return Verdict(0.0, refusals, caps)
        planned_loss_quote = stake_quote * (intent.planned_loss_frac or 0.0)
        return Verdict(stake_quote, (), caps, planned_loss_quote)

    def _findings(self, state: PortfolioState, intent: EntryIntent) -> list[Finding]:
        """Return what the rules have to say; the failure of one is a refusal in its name."""
        findings: list[Finding] = []
        for rule in self._rules:
            try:
                finding = rule.check(state, intent)
                if finding is not None:
                    _check(finding)
                    findings.append(finding)
            except Exception as error:  # noqa: BLE001  # a rule that fails refuses; its border
                message = f"the rule failed: {type(error).__name__}: {error}"
                findings.append(Refusal(rule.name, message, is_failure=True))
        return findings

    def max_leverage(self, state: PortfolioState) -> float:
        """Return the leverage an entry may have now, at least 1."""
        return self._leverage.allowed(state)


def _check(finding: object) -> None:
    """Raise unless `finding` is one that can be acted on."""
    if isinstance(finding, Cap):
        valid = 0.0 < finding.stake_quote < math.inf
    elif isinstance(finding, Scaling):
        valid = 0.0 < finding.factor_frac <= 1.0
    else:
        valid = isinstance(finding, Refusal)
    if not valid:
        raise ValueError(f"it returned {finding!r}; expected a refusal, a cap, a scaling or None")


def _shrunk(stake_quote: float, findings: Sequence[Finding]) -> tuple[float, tuple[Cap, ...]]:
    """Return the stake that all caps, then all scalings leave, and each step of the way."""
    caps = [found for found in findings if isinstance(found, Cap)]
    left_quote = min([stake_quote, *(cap.stake_quote for cap in caps)])
    for found in findings:
        if isinstance(found, Scaling):
            left_quote *= found.factor_frac
            caps.append(Cap(found.rule, left_quote, found.message))
    return left_quote, tuple(caps)


def _below_minimum(stake_quote: float, intent: EntryIntent, caps: Sequence[Cap]) -> Refusal:
    """Return the refusal of a stake the market does not accept, named by what made it so small."""
    smallest = min(caps, key=lambda cap: cap.stake_quote, default=None)
    return Refusal(
        "minimum stake" if smallest is None else smallest.rule,
        f"{stake_quote:.2f} is left to stake and {intent.pair} accepts at least "
        f"{intent.min_stake_quote:.2f}",
        observed=stake_quote,
        limit=intent.min_stake_quote,
    )
