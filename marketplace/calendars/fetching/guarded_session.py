"""An HTTP session for addresses that strangers typed.

It speaks to public servers alone, for so many bytes and seconds, over three redirects at most."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from marketplace import config
from marketplace.calendars.rules import addresses as rules
from marketplace.calendars.rules import faults
from marketplace.calendars.rules.faults import kept
from marketplace.db import outside_commands

MOST_BYTES = 2 * 1024 * 1024
MOST_REDIRECTS = 3
CHUNK = 64 * 1024


class Unreadable(Exception):
    """A calendar could not be read or written; `sentence` says why, in English as it is kept for its coach."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Reading:
    """What a server said: the calendar's text, or None where it has not changed since, and what to ask with next."""

    text: bytes | None
    etag: str | None = None
    last_modified: str | None = None


class Guard:
    """Opens connections to public addresses and ends them all when the time is over."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.expired = False
        self._private_allowed = set(config.current().calendar_allow_private.replace(" ", "").split(","))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> "Guard":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for held in self._open:
            held.close()

    def _expire(self) -> None:
        """Whatever waits for these servers is woken: by an error, or by an answer that ends too early."""
        with self._lock:
            self.expired = True
            for held in self._open:
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to one of the addresses that the name has now; the address that is checked is the one used."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreadable(kept(faults.NO_SERVER, host=host)) from error
        for *_kind, address in found:
            if not rules.is_public(str(address[0])) and f"{address[0]}:{port}" not in self._private_allowed:
                raise Unreadable(kept(faults.PRIVATE_NETWORK, host=host))
        for family, kind, protocol, _name, address in found:
            opened = socket.socket(family, kind, protocol)
            try:
                self._hold(opened)
                opened.settimeout(max(self.seconds / 2, 0.5))
                opened.connect(address)
            except OSError:
                opened.close()
            except BaseException:
                opened.close()
                raise
            else:
                opened.settimeout(self.seconds)
                return opened
        raise Unreadable(self.too_slow if self.expired else kept(faults.UNREACHABLE, host=host))

    def _hold(self, opened: socket.socket) -> None:
        with self._lock:
            if self.expired:
                raise Unreadable(self.too_slow)
            # A second handle on the same connection: it stays ours when TLS takes the first one over.
            self._open.append(opened.dup())

    @property
    def too_slow(self) -> str:
        return kept(faults.TOO_SLOW, seconds=self.seconds)


def _pools(guard: Guard) -> dict[str, Callable[..., HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Adapter(HTTPAdapter):
    """Reads every answer itself, to the limit and no further: those of redirects and of sign-ins, too."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        response = super().send(request, stream=True, timeout=self._guard.seconds, verify=True)
        try:
            # What an error or a redirect has to say beside its status, nobody reads.
            text = self._read(response) if response.status_code < 300 else b""
        finally:
            response.close()
        response._content, response._content_consumed = text, True  # type: ignore[attr-defined]
        return response

    def _read(self, response: requests.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        while chunk := response.raw.read(CHUNK, decode_content=True):
            parts.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise Unreadable(kept(faults.TOO_LARGE, megabytes=MOST_BYTES // 1024**2))
        if self._guard.expired:
            raise Unreadable(self._guard.too_slow)
        return b"".join(parts)


class _Session(requests.Session):
    """Knows no proxies, no .netrc, and outside development nothing but https."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = MOST_REDIRECTS
        self.adapters.clear()
        self.mount("https://", _Adapter(guard))
        if not config.current().production:
            self.mount("http://", _Adapter(guard))
        self.headers.update({"User-Agent": f"{config.current().site_name} calendars", "Accept-Encoding": "gzip"})

    def rebuild_method(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """A PUT that is sent on stays a PUT."""


@contextmanager
def guarded(seconds: int) -> Iterator[requests.Session]:
    """A session that ends after `seconds`; whatever goes wrong in it is Unreadable."""
    outside_commands()
    with Guard(seconds) as guard, _Session(guard) as session:
        try:
            yield session
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Unreadable(_words(error, guard)) from error


def _words(error: Exception, guard: Guard) -> str:
    if guard.expired or isinstance(error, requests.Timeout | TimeoutError):
        return guard.too_slow
    if isinstance(error, requests.exceptions.SSLError):
        return kept(faults.BAD_CERTIFICATE)
    if isinstance(error, requests.TooManyRedirects):
        return kept(faults.TOO_MANY_REDIRECTS)
    if isinstance(error, requests.exceptions.InvalidSchema | requests.exceptions.InvalidURL):
        return kept(faults.UNREAD_ADDRESS)
    return kept(faults.BROKEN_CONNECTION)


def refused(status: int, *, signed_in: bool) -> str:
    """An HTTP status in words, in English as they are kept."""
    if status in {401, 403}:
        return kept(faults.WRONG_PASSWORD) if signed_in else kept(faults.NOT_LET_IN, status=status)
    return kept(faults.NOT_FOUND if status in {404, 410} else faults.SERVER_ERROR, status=status)
