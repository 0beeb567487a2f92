"""``serve`` and ``token``: who is listened to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimiser.cli.app import app
from optimiser.tokens import owner_of, read_tokens

ROOT = Path(__file__).parents[2]


def run(*words: str):
    return CliRunner().invoke(app, list(words))


@contextmanager
def serving(*words: str, **settings: str) -> Iterator[tuple[int, subprocess.Popen]]:
    """`investai serve` as a process, once it lives; its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT), "INVESTAI_WORKERS": "1"}
    command = [sys.executable, "-m", "optimiser.cli", "serve", "--port", str(port), *words]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 60
        while asked(port, "/health/ready")[0] != 200:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        yield port, process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def asked(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
    except OSError:
        return 0, {}, b""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "optimiser.example"])
def test_other_machines_are_served_with_tokens_or_on_purpose(host: str) -> None:
    answer = run("serve", "--host", host)
    assert answer.exit_code == 1
    assert "INVESTAI_TOKENS" in answer.stderr and "--allow-anyone" in answer.stderr and host in answer.stderr


def test_settings_that_cannot_be_used_are_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INVESTAI_TOKENS", str(tmp_path / "none"))
    answer = run("serve")
    assert answer.exit_code == 1 and "INVESTAI_TOKENS" in answer.stderr and answer.stderr.count("\n") == 1
    monkeypatch.setenv("INVESTAI_WORKERS", "many")
    assert "INVESTAI_WORKERS" in run("serve").stderr


def test_it_serves_with_tokens_and_logs_lines_of_json(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    token = run("token", "ministry", "--file", str(file)).stdout.strip()
    with serving("--host", "0.0.0.0", INVESTAI_TOKENS=str(file)) as (port, process):
        assert asked(port, "/v1/limits")[0] == 401
        query = "/v1/limits?lang=fr"
        status, headers, _ = asked(port, query, Authorization=f"Bearer {token}", **{"X-Request-Id": "from-the-client"})
        assert status == 200 and headers["x-request-id"] == "from-the-client" and "server" not in headers
        process.terminate()
        log = process.communicate(timeout=30)[1].decode()
    lines = [json.loads(line) for line in log.splitlines()]
    refused, answered = [line for line in lines if line["message"] == "answered"]
    assert (refused["status"], "route" in refused) == (401, False)
    assert answered["request_id"] == "from-the-client" and answered["client"] == "ministry"
    assert (answered["method"], answered["route"], answered["status"]) == ("GET", "/v1/limits", 200)
    assert answered["ms"] > 0
    assert token not in log and "lang=fr" not in log and "127.0.0.1" not in log.partition("answered")[2]


def test_it_serves_anyone_on_purpose() -> None:
    with serving("--host", "0.0.0.0", "--allow-anyone") as (port, _):
        assert json.loads(asked(port, "/v1/limits")[2])["authentication"] == "none"


def test_a_token_is_shown_once_and_its_line_beside_it() -> None:
    answer = run("token", "auditor", "--lang", "fr")
    token = answer.stdout.strip()
    assert answer.exit_code == 0 and owner_of(token, read_tokens(answer.stderr.splitlines()[-1])) == "auditor"
    assert "empreinte" in answer.stderr
    document = json.loads(run("token", "auditor", "--json", "--last-day", "2999-01-31").stdout)
    assert owner_of(document["token"], read_tokens(document["line"])) == "auditor"
    assert document["line"].endswith(" 2999-01-31")


def test_a_file_without_a_last_line_break_gets_one(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("# ours")
    run("token", "a", "--file", str(file))
    assert len(file.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["a", "--last-day", "2020-01-01"], 2),
        (["a", "--last-day", "soon"], 2),
        (["two words"], 1),
        (["a", "--file", "/"], 1),
    ],
)
def test_what_is_no_token_is_refused(words: list[str], code: int) -> None:
    answer = run("token", *words)
    assert answer.exit_code == code and "investai_" not in answer.stdout and "Traceback" not in answer.output
