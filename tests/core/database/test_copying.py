"""Binary COPY: what goes in comes out, and what must not go in does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from proratio_core.database import CopyLayout, Database, copy_in, copy_out
from proratio_core.errors import DataError

LAYOUT = CopyLayout(
    (
        ("at", "timestamptz"),
        ("small", "int2"),
        ("number", "int4"),
        ("large", "int8"),
        ("price", "float8"),
        ("flag", "bool"),
    )
)
TABLE = (
    "CREATE TEMP TABLE thing (at timestamptz, small int2, number int4, large int8, "
    "price float8, flag bool) ON COMMIT DROP"
)
_TIMES_MS = st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999)


def _values(size: int = 3) -> dict[str, np.ndarray]:
    return {
        "at": np.arange(size) * 60_000 + 1_704_067_200_000,
        "small": np.arange(size, dtype=np.int16),
        "number": np.arange(size, dtype=np.int32),
        "large": np.arange(size, dtype=np.int64) * 2**40,
        "price": np.linspace(0.1, 0.3, size),
        "flag": np.arange(size) % 2 == 0,
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_every_value_survives_the_round_trip(database: Database, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 20))
    values = {
        "at": data.draw(st_numpy.arrays(np.int64, size, elements=_TIMES_MS)),
        "small": data.draw(st_numpy.arrays(np.int16, size)),
        "number": data.draw(st_numpy.arrays(np.int32, size)),
        "large": data.draw(st_numpy.arrays(np.int64, size)),
        "price": data.draw(
            st_numpy.arrays(
                np.float64, size, elements=st.floats(allow_nan=False, allow_infinity=False)
            )
        ),
        "flag": data.draw(st_numpy.arrays(np.bool_, size)),
    }
    with database.transaction() as cursor:
        cursor.execute(TABLE)
        copy_in(cursor, "thing", LAYOUT, values)
        found = copy_out(cursor, f"SELECT {LAYOUT.names} FROM thing", LAYOUT)
    for name, expected in values.items():
        np.testing.assert_array_equal(found[name], expected)


def test_postgresql_reads_the_times_we_wrote(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(TABLE)
        copy_in(cursor, "thing", LAYOUT, _values(1))
        cursor.execute("SELECT at = '2024-01-01 00:00+00', price, flag FROM thing")
        assert cursor.fetchone() == (True, 0.1, True)


def test_scalar_fills_its_column(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(TABLE)
        copy_in(cursor, "thing", LAYOUT, {**_values(), "number": 7})
        found = copy_out(cursor, f"SELECT {LAYOUT.names} FROM thing", LAYOUT)
    assert found["number"].tolist() == [7, 7, 7]


def test_more_rows_than_one_chunk_arrive_whole(database: Database) -> None:
    values = _values(30_000)
    with database.transaction() as cursor:
        cursor.execute(TABLE)
        copy_in(cursor, "thing", LAYOUT, values)
        found = copy_out(cursor, f"SELECT {LAYOUT.names} FROM thing ORDER BY at", LAYOUT)
    np.testing.assert_array_equal(found["large"], values["large"])


def test_parameters_are_quoted_by_the_driver(database: Database) -> None:
    layout = CopyLayout((("found", "bool"),))
    with database.transaction() as cursor:
        found = copy_out(cursor, "SELECT %s = %s", layout, ("it's", "it's"))
    assert found["found"].tolist() == [True]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_value_that_is_not_finite_is_refused_and_nothing_is_stored(
    database: Database, bad: float
) -> None:
    values = _values()
    values["price"][1] = bad
    with database.transaction() as cursor:
        cursor.execute(TABLE)
        with pytest.raises(DataError, match="column price holds NaN or infinity"):
            copy_in(cursor, "thing", LAYOUT, values)
        cursor.execute("SELECT count(*) FROM thing")
        assert cursor.fetchone() == (0,)


def test_null_in_the_result_is_an_error_not_a_number(database: Database) -> None:
    layout = CopyLayout((("number", "int4"),))
    with database.transaction() as cursor, pytest.raises(DataError, match="none null"):
        copy_out(cursor, "SELECT NULL::int4", layout)


def test_result_of_another_width_is_an_error(database: Database) -> None:
    layout = CopyLayout((("number", "int8"),))
    with database.transaction() as cursor, pytest.raises(DataError, match="columns number"):
        copy_out(cursor, "SELECT 1::int4", layout)
