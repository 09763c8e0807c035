from __future__ import annotations

import numpy as np
import pytest

from proratio_signals.scoring.agreement import Agreement, agreement_of


def _agreement(action: np.ndarray, confidence: np.ndarray | None = None) -> Agreement:
    names = tuple("abc"[: action.shape[1]])
    stated = np.full(action.shape, 0.7) if confidence is None else confidence
    return agreement_of(names, action.astype(np.int8), stated)


def test_three_copies_are_one_voter() -> None:
    copy = np.random.default_rng(1).choice([-1, 0, 1], size=(200, 1))

    found = _agreement(np.repeat(copy, 3, axis=1))

    assert found.effective_voters == pytest.approx(1.0)
    assert np.array(found.same_frac) == pytest.approx(np.ones((3, 3)))


def test_orthogonal_voters_are_as_many_as_they_are() -> None:
    """Golden: a full factorial design, whose columns are uncorrelated by construction."""
    design = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])

    found = _agreement(design)

    assert found.effective_voters == pytest.approx(3.0)
    assert found.same_frac[0][1] == 0.5


def test_a_copy_beside_an_independent_voter_makes_nine_fifths() -> None:
    """Golden: eigenvalues 2, 1, 0, so 3^2 / (4 + 1) = 1.8 (Bretherton et al., equation 5)."""
    design = np.array([[a, a, b] for a in (-1, 1) for b in (-1, 1)])

    assert _agreement(design).effective_voters == pytest.approx(1.8)


def test_correlation_is_numpys() -> None:
    """Golden: numpy.corrcoef."""
    generator = np.random.default_rng(4)
    action = generator.choice([-1, 0, 1], size=(300, 3))
    action[:, 1] = np.where(generator.random(300) < 0.5, action[:, 0], action[:, 1])
    stated = generator.random((300, 3))

    found = _agreement(action, stated)

    expected = np.corrcoef(action * stated, rowvar=False)
    assert np.array(found.correlation, float) == pytest.approx(expected)
    eigenvalues = np.linalg.eigvalsh(expected)
    assert found.effective_voters == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())


def test_a_voter_that_always_says_the_same_adds_nothing() -> None:
    action = np.array([[1, 1], [-1, 1], [1, 1], [-1, 1]])

    found = _agreement(action)

    assert found.effective_voters == pytest.approx(1.0)
    assert found.correlation[0][1] is None
    assert found.same_frac[0][1] == 0.5


def test_questions_with_an_abstention_are_left_out() -> None:
    stated = np.array([[0.5, 0.5], [0.5, np.nan], [0.5, 0.5]])

    assert _agreement(np.array([[1, 1], [1, 0], [-1, -1]]), stated).n == 2


def test_without_answers_nothing_is_claimed() -> None:
    found = _agreement(np.zeros((0, 2)))

    assert (found.n, found.effective_voters) == (0, None)
