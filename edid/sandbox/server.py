"""The sandbox's SFTP server: Chorus Pro's drop box, on loopback.

AIFE is the server and the partner the client; login by key; AES-CBC; an offered file is served once (AIFE,
Dossier general v3.2, 3.3.2.1).
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import paramiko

from edid.errors import ConfigError
from edid.sandbox.dropbox import DropBox
from edid.sandbox.login import Login, host_key, public_keys
from edid.sandbox.operations import Operation
from edid.sandbox.sftp import Session

_CBC = ("aes256-cbc", "aes128-cbc")
_LOG = "edid.sandbox.ssh"
_MOST_CONNECTIONS = 64
_LOGIN_WITHIN = 30.0
_WINDOW = 8 * 1024 * 1024

logging.getLogger(_LOG).addHandler(logging.NullHandler())
logging.getLogger(_LOG).propagate = False  # what clients do is in the operations; their faults are not ours


class SandboxServer:
    """An SFTP server with the folders `in` and `out` of `root`: `start` and `stop` it, or use it in a `with`.

    `port` 0 takes a free port, known after `start`. `authorized_keys` are lines as in OpenSSH's file of that
    name. `fetch_once` drops an offered file once it was read to its end and closed. `cbc_only` offers AES-CBC
    alone, as AIFE does. `host_key` is the file of the RSA host key, made when absent; without it, the file is
    `root/.sandbox/host_key`.

    Raises ConfigError when `host` is not a loopback address, or a key cannot be read.
    """

    def __init__(
        self,
        root: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        user: str,
        authorized_keys: list[str],
        cbc_only: bool = False,
        fetch_once: bool = True,
        host_key: Path | None = None,
    ) -> None:
        _require_loopback(host)
        self.host = host
        self.port = port
        self.user = user
        self._keys = public_keys(authorized_keys)
        self._cbc_only = cbc_only
        self._host_key_file = host_key or root / ".sandbox" / "host_key"
        self._box = DropBox(root, fetch_once=fetch_once)
        self._listener: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self._lock = threading.Lock()
        self._connections: set[paramiko.Transport] = set()

    def start(self) -> None:
        """Listen and serve, in threads of its own. Raises ConfigError when the port is taken."""
        self._host_key = host_key(self._host_key_file)
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            self._listener = socket.create_server((self.host, self.port), family=family, backlog=64)
        except OSError as error:
            raise ConfigError(
                f"the sandbox cannot listen on {self.host}:{self.port} ({error.strerror}).",
                remedy="Choose another port, or 0 for any free one.",
            ) from error
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(
            target=self._accept, args=(self._listener,), name="sandbox-accept", daemon=True
        )
        self._accepting.start()

    def stop(self) -> None:
        """Stop listening and drop every client; does nothing when not started."""
        if self._listener is None or self._accepting is None:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        with self._lock:
            self._listener = None
            connections = list(self._connections)
        for connection in connections:
            connection.close()

    @property
    def host_key_line(self) -> str:
        """The host key as a sheet pins it: `ssh-rsa AAAA...`. Known after `start`."""
        return f"{self._host_key.get_name()} {self._host_key.get_base64()}"

    def operations(self, op: str | None = None) -> list[Operation]:
        """Return what clients did so far, oldest first; only the operations named `op` when it is given."""
        return self._box.operations.all(op)

    def being_written(self, name: str) -> bool:
        """Tell whether a client still writes `in/<name>`, or went away without closing it."""
        return self._box.being_written(name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # stopped
            threading.Thread(target=self._serve, args=(client,), name="sandbox-client", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        transport: paramiko.Transport | None = None
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = self._transport(client)
            transport.start_server(server=Login(self.user, self._keys, self._box.operations))
            channel = transport.accept(_LOGIN_WITHIN)
            if channel is None:
                transport.close()
            transport.join()  # the library holds the channel weakly: it must live here as long as its client
        except (paramiko.SSHException, OSError, EOFError):
            if transport is not None:  # a client that broke off, or spoke something else than SSH
                transport.close()
            client.close()

    def _transport(self, client: socket.socket) -> paramiko.Transport:
        with self._lock:
            self._connections = {each for each in self._connections if each.is_alive()}
            if self._listener is None or len(self._connections) >= _MOST_CONNECTIONS:
                raise paramiko.SSHException("stopped, or too many connections")
            transport = paramiko.Transport(client, default_window_size=_WINDOW)
            self._connections.add(transport)
        transport.set_log_channel(_LOG)
        transport.add_server_key(self._host_key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Session, self._box)
        if self._cbc_only:
            transport.get_security_options().ciphers = _CBC
        return transport


def _require_loopback(host: str) -> None:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigError(
            f"the sandbox refuses to listen on '{host}'.",
            remedy="It is a toy for one machine: use 127.0.0.1 or ::1.",
        )
