"""Settings: what the environment may say."""

from __future__ import annotations

import dataclasses

import pytest

from api.settings import Settings, SettingsError


def test_what_is_not_set_keeps_its_default() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings().max_body_bytes == 20_000_000
    assert Settings().max_time_limit_s == 60
    assert Settings().max_queue == 64
    assert Settings().max_candidates == 5_000


def test_every_setting_has_its_variable() -> None:
    names = [setting.name for setting in dataclasses.fields(Settings)]
    given = {f"INVESTAI_{name.upper()}": str(number) for number, name in enumerate(names, 1)}
    read = dataclasses.astuple(Settings.from_environment(given))
    assert tuple(map(float, read)) == tuple(range(1, len(names) + 1))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("INVESTAI_WORKERS", "0"),
        ("INVESTAI_WORKERS", "2.5"),
        ("INVESTAI_WORKERS", "many"),
        ("INVESTAI_MAX_BODY_BYTES", "-1"),
        ("INVESTAI_MAX_TIME_LIMIT_S", "nan"),
        ("INVESTAI_MAX_TIME_LIMIT_S", "inf"),
        ("INVESTAI_MAX_TIME_LIMIT_S", "0"),
        ("INVESTAI_MAX_QUEUE", "-1"),
        ("INVESTAI_MAX_QUEUE", ""),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: text})


def test_a_service_may_do_without_a_queue() -> None:
    assert Settings.from_environment({"INVESTAI_MAX_QUEUE": "0"}).max_queue == 0
