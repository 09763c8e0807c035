from __future__ import annotations

from collections import Counter

from proratio_signals.probes import PROBE_EXCHANGE, probe_snapshots
from proratio_signals.providers.rules import judge

FROZEN = (
    "85cf7710acdc7cad1434b2f5d1d822ca981573b5463b93b1c912e96b8004fec2",
    "5f33f800ad016180bbeb1e506960e3eefc35f902a49b135e8166fe044d25429e",
    "c74c99811652e066ccf4a9c260ff5a718eadb208101fe4f10a286416a75f374a",
    "226961b39db3482968a183e9bbfd1d9ed14ae3d7af8c8e4557797893fef4b8ac",
    "03d43b5629f94a68499b58d54f5b84cea57afec64684e5161a5756d9c548c53d",
    "6f3ebdaf1b38325c9e9090453d43e644838227e5ac5e86141a5e22082e41b79a",
    "99e2f4085db0bd1e5e43c25cc76b45ed20027684ec8e8c22db30c3cb4c82625f",
    "089726a00b2ae6b453aad3498b132eca259448c0e41794852f2154c2333d666b",
)


def test_probes_are_frozen() -> None:
    found = tuple(snapshot.hash for snapshot in probe_snapshots())

    assert found == FROZEN, "a changed set is a new version: raise the number in PROBE_EXCHANGE"


def test_each_probe_is_another_question_on_no_real_exchange() -> None:
    probes = probe_snapshots()

    assert len({(probe.key, probe.as_of) for probe in probes}) == len(probes) == 8
    assert {probe.key.exchange for probe in probes} == {PROBE_EXCHANGE}


def test_probes_call_for_every_action() -> None:
    said = Counter(
        judge(role, probe.facts).action
        for probe in probe_snapshots()
        for role in ("technical", "risk", "sentiment")
    )

    assert min(said.values()) >= 6
    assert len(said) == 3
