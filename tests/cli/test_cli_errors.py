"""What goes wrong: one clean message, the right exit code, never a traceback, JSON alone on standard output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optimiser.errors import SolverError


@pytest.mark.parametrize(
    "arguments",
    [
        ["allocate"],
        ["nonsense"],
        ["allocate", "investai-2025", "--nonsense"],
        ["allocate", "investai-2025", "--lang", "xx"],
        ["allocate", "investai-2025", "--set", "no-pointer"],
        ["allocate", "investai-2025", "--set", "fund=1"],
        ["allocate", "investai-2025", "--out", "result.txt"],
        ["allocate", "investai-2025", "--csv-format", "de"],
        ["allocate", "investai-2025", "--time-limit", "0"],
        ["allocate", "investai-2025", "--time-limit", "nan-sense"],
        ["allocate", "investai-2025", "--mip-gap", "2"],
        ["allocate", "investai-2025", "--threads", "0"],
        ["export", "investai-2025"],
        ["validate", "investai-2025", "--out", "result.xls"],
        ["export", "--xlsx", "x.xlsx"],
        ["export", "investai-2025", "--template", "--xlsx", "x.xlsx"],
        ["export", "--template"],
    ],
)
def test_a_wrong_call_is_a_usage_error(investai: Any, arguments: list[str]) -> None:
    answer = investai(*arguments, *(["--json"] if len(arguments) > 2 else []))
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr


def test_an_unknown_language_is_named_with_the_known_ones(investai: Any) -> None:
    answer = investai("validate", "investai-2025", "--lang", "xx")
    assert "xx" in answer.stderr and "en" in answer.stderr


@pytest.mark.parametrize("command", ["allocate", "validate", "export"])
def test_a_file_that_is_not_there(investai: Any, command: str, tmp_path: Path) -> None:
    more = ["--lp", tmp_path / "a.lp"] if command == "export" else []
    answer = investai(command, "nowhere.json", "--json", *more)
    assert answer.exit_code == 3
    document = json.loads(answer.stdout)
    assert [f["code"] for f in document.get("errors", document.get("findings"))] == ["cannot-read"]
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_neither_file_nor_carried(investai: Any) -> None:
    answer = investai("allocate", "investai-2052")
    assert answer.exit_code == 3
    assert "investai-2025" in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "not-json"),
        (b"", "not-json"),
        (b"[]", "not-an-object"),
        (b"\xff\xfe", "not-utf8"),
        (b'{"a": ' * 100_000, "too-deep"),
        (b'{"name": "a", "name": "b"}', "key-twice"),
    ],
)
@pytest.mark.parametrize("by", ["file", "stdin"])
def test_bad_json_is_a_finding(investai: Any, tmp_path: Path, content: bytes, code: str, by: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    answer = investai("allocate", path if by == "file" else "-", "--json", stdin=content)
    assert answer.exit_code == 3
    document = json.loads(answer.stdout)
    assert document["title"]
    assert code in {f["code"] for f in document["errors"]}


def test_standard_input_that_is_too_long(investai: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import optimiser.scenario.read

    monkeypatch.setattr(optimiser.scenario.read, "GREATEST_FILE", 10)
    answer = investai("allocate", "-", "--json", stdin=b" " * 11)
    assert answer.exit_code == 3
    assert [f["code"] for f in json.loads(answer.stdout)["errors"]] == ["file-too-large"]


def test_an_invalid_scenario_lists_every_finding(investai: Any, invalid: Path) -> None:
    answer = investai("allocate", invalid, "--json")
    assert answer.exit_code == 3
    errors = json.loads(answer.stdout)["errors"]
    assert {f["pointer"] for f in errors} >= {"/zzz", "/fund/tiers/a/instrument", "/fund/tiers/a/size"}
    assert all(set(f) == {"severity", "code", "pointer", "message", "cure"} for f in errors)
    people = investai("allocate", invalid)
    assert people.exit_code == 3
    assert people.stdout == ""
    for finding in errors:
        assert finding["pointer"] in people.stderr


@pytest.mark.parametrize(
    "error", [SolverError("HiGHS refused passModel"), RuntimeError("boom"), OSError(5, "Disk on fire")]
)
def test_an_error_is_one_line(
    investai: Any, primavera: Path, allocating: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr(allocating, "allocate", broken)
    answer = investai("allocate", primavera)
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
    assert "Traceback" not in answer.stderr
    assert str(error.args[-1]) in answer.stderr
    as_json = investai("allocate", primavera, "--json")
    assert json.loads(as_json.stdout)["errors"] == []
    debug = investai("allocate", primavera, "--debug")
    assert debug.exit_code == 1
    assert "Traceback" in debug.stderr


def test_an_interrupt_ends_with_130(
    investai: Any, primavera: Path, allocating: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(allocating, "allocate", interrupted)
    answer = investai("allocate", primavera, "--json")
    assert answer.exit_code == 130
    assert answer.stdout == ""


@pytest.mark.parametrize("out", ["file/result.json", "file/money.csv", "file/all/"])
def test_a_disk_that_refuses_is_said_and_the_answer_still_shown(
    investai: Any, primavera: Path, tmp_path: Path, out: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = investai("allocate", primavera, "--json", "--out", f"{tmp_path}/{out}")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["termination"] == "optimal"
    assert "cannot be saved" in answer.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_an_export_that_cannot_be_written(investai: Any, primavera: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = investai("export", primavera, "--lp", tmp_path / "file" / "a.lp")
    assert answer.exit_code == 1
    assert "cannot be saved" in answer.stderr


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    from optimiser.report.files import replacing

    path = tmp_path / "result.json"
    path.write_text("old")

    def write() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]
