"""The server: who may be listened to, and clients that are slow on purpose."""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import suppress
from functools import partial
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.app import create_app
from api.logs import LOGGING
from api.settings import Settings, SettingsError


def serve(host: str, port: int, allow_anyone: bool = False) -> None:
    """Run the service until it is told to stop.

    Errors: SettingsError where an environment variable cannot be used, or where other machines could use the
    service without a token and ``allow_anyone`` does not say that this is meant.
    """
    settings = Settings.from_environment()
    if not (settings.tokens or allow_anyone or is_loopback(host)):
        raise SettingsError(
            f"whoever reaches {host} could use the service: set INVESTAI_TOKENS to a file of tokens (investai token "
            "makes them), listen on 127.0.0.1, or say --allow-anyone"
        )
    config = server_config(settings, host=host, port=port, access_log=False, log_config=LOGGING)
    server = uvicorn.Server(config)
    # Told to stop by Ctrl-C, it has stopped: that is no failure.
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)


def server_config(settings: Settings, **options: Any) -> uvicorn.Config:
    """How the service is served with these settings."""
    return uvicorn.Config(
        create_app(settings),
        http=partial(PatientProtocol, settings.max_head_s, settings.max_upload_s),  # type: ignore[arg-type]
        ws="none",
        server_header=False,
        limit_concurrency=settings.max_connections,
        **options,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class PatientProtocol(H11Protocol):
    """Uvicorn's protocol, whose patience ends: a connection that neither asks nor reads on is closed.

    head_s: within which the head of a request arrives, after the connection or the answer before [s].
    read_s: within which a client that has stopped reading begins again [s].
    """

    def __init__(self, head_s: float, read_s: float, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._head_s, self._read_s = head_s, read_s
        self._head: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for a head."""
        super().connection_made(transport)
        self._heed_head()

    def data_received(self, data: bytes) -> None:
        """Takes what came; bytes of a head that is not whole win no time."""
        super().data_received(data)
        self._heed_head()

    def on_response_complete(self) -> None:
        """Begins to wait for the next head."""
        super().on_response_complete()
        self._heed_head()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is written to."""
        super().pause_writing()
        self._reading = self.loop.call_later(self._read_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads on."""
        super().resume_writing()
        _end(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        _end(self._head)
        _end(self._reading)
        super().connection_lost(exc)

    def _heed_head(self) -> None:
        if self.transport.is_closing() or self.conn.their_state is not h11.IDLE:
            _end(self._head)
            self._head = None
        elif self._head is None:
            self._head = self.loop.call_later(self._head_s, self.transport.abort)


def _end(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
