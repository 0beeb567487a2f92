"""Who may use the service, and how often."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from api_cases import ALLOCATIONS, VALIDATE, reference
from api_servers import wait_until
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem

from api.access import token_of
from api.app import create_app
from api.page.login import within
from api.rates import MOST_CLIENTS, Rate, client_of_address
from api.settings import Settings, SettingsError
from optimiser.errors import TokenError
from optimiser.tokens import KeptToken, new_token, owner_of, read_tokens

TODAY = datetime.now(UTC).date()

MINISTRY, KEPT = new_token("ministry")
AUDITOR, KEPT_TOO = new_token("auditor", TODAY)
OLD, KEPT_OLD = new_token("old", TODAY - timedelta(days=1))

BEARER = {"Authorization": f"Bearer {MINISTRY}"}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of tokens: two that hold, one whose last day is over."""
    path = tmp_path_factory.mktemp("tokens") / "tokens"
    path.write_text("# who may\n\n" + "\n".join(kept.line for kept in (KEPT, KEPT_TOO, KEPT_OLD)) + "\n")
    return path


@pytest.fixture(scope="module")
def guarded(file: Path) -> Iterator[TestClient]:
    """A service with tokens."""
    with TestClient(create_app(Settings(workers=1, tokens=str(file)))) as found:
        wait_until(lambda: found.get("/health/ready").status_code == 200)
        yield found


def test_a_token_is_kept_as_its_hash_alone() -> None:
    made, kept = new_token("a", date(2027, 6, 30))
    assert re.fullmatch(r"investai_[A-Za-z0-9_-]{43}", made) and made not in kept.line
    assert re.fullmatch(r"a sha256:[0-9a-f]{64} 2027-06-30", kept.line)
    assert read_tokens(kept.line) == (kept,) and owner_of(made, (kept,)) == "a"
    assert owner_of(made + "x", (kept,)) is None and owner_of("", (kept,)) is None
    assert owner_of("\udcff", (kept,)) is None


def test_a_hash_is_that_of_the_standard() -> None:
    # SHA-256 of "test", as `printf test | sha256sum` prints it.
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    assert owner_of("test", (KeptToken("t", digest),)) == "t"


@pytest.mark.parametrize(
    "line",
    ["ministry", "ministry deadbeef", "a b c", f"{KEPT.line} tomorrow", f"-x sha256:{KEPT.sha256}", f"{KEPT.line} 1 2"],
    ids=map(str, count()),
)
def test_a_line_that_is_no_token_is_refused_by_its_number_alone(line: str) -> None:
    with pytest.raises(TokenError, match="line 2") as caught:
        read_tokens(f"# first\n{line}\n")
    assert KEPT.sha256 not in str(caught.value)


@pytest.mark.parametrize("name", ["", "two words", "ü", "a" * 65, "-a", "a\nb"])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(TokenError):
        new_token(name)


@pytest.mark.parametrize("content", [None, "ministry\n", b"\xff\xfe"])
def test_a_service_with_a_broken_file_of_tokens_does_not_start(tmp_path: Path, content: str | bytes | None) -> None:
    path = tmp_path / "tokens"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match="INVESTAI_TOKENS"):
        create_app(Settings(tokens=str(path)))


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_probes_need_no_token(guarded: TestClient, address: str) -> None:
    assert guarded.get(address).status_code == 200


def test_every_route_but_the_open_ones_needs_a_token(guarded: TestClient) -> None:
    """Each route there is, by its template: one that is added is behind the gate without being told so."""
    open_ones = {"/health/live", "/health/ready", "/static/{name}", "/login"}
    found = {(method, route.path) for route in routes(guarded) for method in route.methods}
    assert ("POST", ALLOCATIONS) in found and ("GET", "/metrics") in found
    # Signing in without a token is refused by the form itself.
    for method, path in sorted(found - {("POST", "/login")}):
        response = guarded.request(method, path, follow_redirects=False)
        assert (response.status_code == 401) == (path not in open_ones), (method, path)


def routes(client: TestClient) -> list:
    """Every route with its template and methods."""
    found, open_ = [], list(client.app.routes)  # type: ignore[attr-defined]
    while open_:
        route = open_.pop()
        inner = getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            open_ += inner
        elif getattr(route, "methods", None):
            found.append(route)
    return found


@pytest.mark.parametrize(
    "address", ["/nowhere", "/health", "/health/", "/health/live/", "/openapi.json", "/static", "/"]
)
def test_what_is_no_route_needs_one_too(guarded: TestClient, address: str) -> None:
    assert_problem(guarded.get(address), "unauthorised", 401)


@pytest.mark.parametrize("address", ["/health/live/../../v1/limits", "/static/%2e%2e/v1/limits", "//v1/limits"])
def test_no_detour_leads_past_the_gate(guarded: TestClient, address: str) -> None:
    assert guarded.get(address).status_code in (401, 404)
    assert "max_body_bytes" not in guarded.get(address).text


def test_a_refusal_says_how(guarded: TestClient) -> None:
    response = guarded.post(VALIDATE, json={})
    document = assert_problem(response, "unauthorised", 401)
    assert response.headers["www-authenticate"] == 'Bearer realm="investai"'
    assert "investai token" in document["errors"][0]["cure"]
    assert response.headers["x-content-type-options"] == "nosniff" and response.headers["x-request-id"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {MINISTRY[:-1]}",
        f"Bearer {OLD}",
        f"Bearer {KEPT.sha256}",
        f"Bearer sha256:{KEPT.sha256}",
        f"Basic {MINISTRY}",
        MINISTRY,
        f"Bearer {MINISTRY} {MINISTRY}",
        "Bearer \xff",
        "Bearer " + "x" * 10_000,
    ],
    # No part of a token is a test's name: workers that run tests side by side must call them alike.
    ids=map(str, count()),
)
def test_only_a_token_that_holds_opens(guarded: TestClient, header: str) -> None:
    response = guarded.get("/v1/limits", headers={"Authorization": header.encode("latin-1")})
    assert_problem(response, "unauthorised", 401)


@pytest.mark.parametrize(
    "header", [f"Bearer {MINISTRY}", f"bearer {MINISTRY}", f"Bearer {AUDITOR}"], ids=map(str, count())
)
def test_a_token_opens(guarded: TestClient, header: str) -> None:
    limits = guarded.get("/v1/limits", headers={"Authorization": header}).json()
    assert limits["authentication"] == "bearer" and "tokens" not in limits
    assert guarded.post(ALLOCATIONS, json=reference("lorie-savage"), headers=BEARER).status_code == 200


def test_the_description_asks_for_the_token(guarded: TestClient, client: TestClient) -> None:
    document = guarded.get("/openapi.json", headers=BEARER).json()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["paths"][ALLOCATIONS]["post"]["security"] == [{"bearer": []}]
    assert {"401", "429"} <= set(document["paths"]["/v1/limits"]["get"]["responses"])
    assert "security" not in document["paths"]["/health/live"]["get"]
    assert {} in client.get("/openapi.json").json()["paths"][ALLOCATIONS]["post"]["security"]


def test_a_change_of_the_file_is_heeded_at_once_and_a_lost_file_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(KEPT.line)
    client = TestClient(create_app(Settings(tokens=str(path))))
    auditor = {"Authorization": f"Bearer {AUDITOR}"}

    def may() -> tuple[bool, bool]:
        return tuple(client.get("/v1/version", headers=h).status_code == 200 for h in (BEARER, auditor))  # type: ignore[return-value]

    assert may() == (True, False)
    path.write_text(KEPT_TOO.line)
    assert may() == (False, True)
    path.write_text("broken")
    assert may() == (False, False)
    path.write_text(KEPT.line)
    assert may() == (True, False)
    path.unlink()
    assert may() == (False, False)


def test_the_same_key_of_two_clients_is_two_keys(guarded: TestClient) -> None:
    auditor = {"Authorization": f"Bearer {AUDITOR}"}
    key = {"Idempotency-Key": "monday"}
    first = guarded.post(VALIDATE, json=reference("primavera"), headers=BEARER | key)
    assert first.status_code == 200
    assert guarded.post(VALIDATE, json={}, headers=auditor | key).status_code == 200
    again = guarded.post(VALIDATE, json=reference("primavera"), headers=BEARER | key)
    assert again.headers["idempotency-replayed"] == "true" and again.content == first.content


# the page


def test_a_browser_is_asked_for_its_token_and_goes_on_where_it_was(guarded: TestClient) -> None:
    asked = guarded.get("/scenarios/first-loss-design?lang=en&part=page", headers=HTML)
    assert asked.status_code == 401 and asked.headers["www-authenticate"]
    assert 'type="password"' in asked.text and "default-src 'none'" in asked.headers["content-security-policy"]
    assert 'value="/scenarios/first-loss-design?lang=en&amp;part=page"' in asked.text
    given = {"token": MINISTRY, "to": "/?lang=fr"}
    answer = guarded.post("/login", data=given, headers=HTML, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/?lang=fr"
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie and answer.headers["cache-control"] == "no-store"
    try:
        assert guarded.get("/", headers=HTML).status_code == 200
        assert guarded.get("/v1/limits").status_code == 200
        # A cookie reads; it changes nothing, so that no other site can use it to.
        assert_problem(guarded.post(VALIDATE, json={}), "unauthorised", 401)
        assert_problem(guarded.delete("/v1/jobs/1"), "unauthorised", 401)
    finally:
        guarded.cookies.clear()


def test_a_cookie_sends_forms_of_the_services_own_pages_alone(guarded: TestClient) -> None:
    signed = guarded.post("/login", data={"token": MINISTRY, "to": "/"}, headers=HTML, follow_redirects=False)
    guarded.cookies.clear()
    held = {"Cookie": signed.headers["set-cookie"].partition(";")[0]}
    own = str(guarded.base_url).rstrip("/")
    # Let in by the gate, and then refused for the name of the service in this test, which is none of loopback.
    for stated in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": own}):
        assert guarded.post("/scenarios", data={"who": "x"}, headers={**held, **stated}).status_code == 403
        assert guarded.post("/v1/allocations", content="{}", headers={**held, **stated}).status_code == 401
    for stated in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://a.example"}):
        assert guarded.post("/scenarios", data={"who": "x"}, headers={**held, **stated}).status_code == 401


def test_behind_tls_the_cookie_never_leaves_it(guarded: TestClient) -> None:
    secure = TestClient(guarded.app, base_url="https://testserver")
    answer = secure.post("/login", data={"token": MINISTRY}, follow_redirects=False)
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "strict-transport-security" not in guarded.get("/health/live").headers


@pytest.mark.parametrize(
    "body",
    [b"", b"token=wrong", b"token=" + OLD.encode(), b"\xff\xfe", b"&" * 3_000, b"token"],
    ids=map(str, count()),
)
def test_a_wrong_token_gets_no_cookie(guarded: TestClient, body: bytes) -> None:
    answer = guarded.post("/login", content=body, headers=HTML)
    assert answer.status_code in (401, 422) and "set-cookie" not in answer.headers
    assert answer.status_code == 401 and 'role="alert"' in answer.text


def test_a_large_form_is_refused(guarded: TestClient) -> None:
    assert_problem(guarded.post("/login", content=b"token=" + b"x" * 5_000), "body-too-large", 413)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("/scenarios/a?x=1", "/scenarios/a?x=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_nowhere_else(given: str, found: str) -> None:
    assert within(given) == found


def test_a_broken_cookie_is_none(guarded: TestClient) -> None:
    for cookie in ("investai", "investai=", ";;;=", 'investai="', "investai=" + "x" * 9_000):
        assert guarded.get("/v1/limits", headers={"Cookie": cookie}).status_code == 401
    assert callable(token_of)


# rates


class Clock:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_by_hand() -> None:
    clock = Clock()
    rate = Rate(3, clock)
    # Three at once; the next is due when a third of the minute is over, and one more each third.
    assert [rate.wait_s("a") for _ in range(4)] == [0, 0, 0, 20]
    assert rate.wait_s("b") == 0
    clock.now = 15
    assert rate.wait_s("a") == 5
    clock.now = 20
    assert [rate.wait_s("a") for _ in range(2)] == [0, 20]
    clock.now = 200
    assert [rate.wait_s("a") for _ in range(4)] == [0, 0, 0, 20]
    assert Rate(0, clock).wait_s("a") == 0


def test_a_rate_remembers_no_more_than_so_many() -> None:
    rate = Rate(1)
    for number in range(MOST_CLIENTS + 100):
        rate.wait_s(str(number))
    assert len(rate._due) == MOST_CLIENTS
    assert rate.wait_s(str(MOST_CLIENTS + 99)) > 0 and rate.wait_s("0") == 0


def test_a_network_of_addresses_is_one_client() -> None:
    assert client_of_address("2001:db8::1") == client_of_address("2001:db8::ffff:1") == "2001:db8::/64"
    assert client_of_address("2001:db8:0:1::1") != client_of_address("2001:db8::1")
    assert client_of_address("192.0.2.1") == "192.0.2.1" and client_of_address("testclient") == "testclient"


def test_who_asks_too_often_is_told_when_to_come_again(file: Path) -> None:
    client = TestClient(create_app(Settings(requests_per_minute=2, tokens=str(file))))
    for _ in range(2):
        assert client.get("/v1/limits").status_code == 401
    response = client.get("/v1/limits")
    document = assert_problem(response, "too-many-requests", 429)
    assert 1 <= int(response.headers["retry-after"]) <= 30 and "2" in document["detail"]
    # A token has a rate of its own; probes have none.
    assert client.get("/v1/limits", headers=BEARER).json()["requests_per_minute"] == 2
    assert client.get("/health/live").status_code == 200
    assert client.get("/v1/version", headers=BEARER).status_code == 200
    assert_problem(client.get("/v1/version", headers=BEARER), "too-many-requests", 429)
    # Guessing tokens at the form counts as well.
    assert_problem(client.post("/login", data={"token": "a"}), "too-many-requests", 429)


def test_the_file_of_a_new_token_is_its_owners_alone(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from optimiser.cli.app import app

    path = tmp_path / "tokens"
    made = []
    for name in ("first", "second"):
        answer = CliRunner().invoke(app, ["token", name, "--file", str(path), "--last-day", "2999-12-31"])
        assert answer.exit_code == 0, answer.output
        made.append(next(line for line in answer.stdout.splitlines() if line.startswith("investai_")))
    assert os.stat(path).st_mode & 0o777 == 0o600
    kept = read_tokens(path.read_text())
    assert [owner_of(token, kept) for token in made] == ["first", "second"]
    assert not any(token in path.read_text() for token in made)
