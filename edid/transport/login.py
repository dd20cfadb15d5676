"""From a sheet to a live SFTP session: connect, compare the host key, log in, open the sftp subsystem."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko

from edid.config.transport import SftpSettings
from edid.errors import OperatorError, TransientError
from edid.transport.algorithms import apply_algorithms, disabled_algorithms
from edid.transport.host_keys import check_host_key, fingerprint
from edid.transport.private_key import load_private_key
from edid.transport.sftp_client import SftpClient
from edid.transport.sftp_errors import Place, closed_at_once, lost, not_sftp
from edid.transport.sftp_packets import LinkLostError
from edid.transport.sftp_wire import ProtocolError

_LOG = "edid.transport.ssh"
_BUSY = {2, 4}
"""The partner cannot connect what lies behind it, or lacks resources (RFC 4254, section 5.1)."""
_MOST_WORDS = 1000
logging.getLogger(_LOG).setLevel(logging.CRITICAL)  # what the library logs, our errors say


@dataclass(slots=True)
class Session:
    """A logged-in connection."""

    ssh: paramiko.Transport
    sftp: SftpClient
    host_key: str
    """Type and fingerprint of the partner's host key."""

    @property
    def alive(self) -> bool:
        """Tell whether the partner has not ended it, as far as we know."""
        return self.ssh.is_active()

    @property
    def cipher(self) -> str:
        """The cipher that both sides agreed on."""
        return str(getattr(self.ssh, "remote_cipher", ""))

    def close(self) -> None:
        """End it."""
        self.ssh.close()


def log_in(settings: SftpSettings) -> Session:
    """Return a new session with the partner of `settings`.

    Raises TransientError when the network or the partner does not answer, OperatorError when a setting has to
    be mended: key, host key, user, algorithms.
    """
    place = Place(settings.host, settings.port, settings.user)
    key = load_private_key(settings)
    disabled = disabled_algorithms(settings.algorithms)
    link = _dial(settings, place)
    ssh = paramiko.Transport(link, disabled_algorithms=disabled)
    try:
        apply_algorithms(ssh, settings)
        host_key = _shake_hands(ssh, settings, place)
        check_host_key(host_key.get_name(), host_key.asbytes(), settings.host_keys, place)
        _authenticate(ssh, key, settings, place)
        sftp = _open_sftp(ssh, settings, place)
    except BaseException:
        ssh.close()
        link.close()
        raise
    return Session(ssh, sftp, f"{host_key.get_name()} {fingerprint(host_key.asbytes())}")


def _dial(settings: SftpSettings, place: Place) -> socket.socket:
    try:
        link = socket.create_connection(
            (settings.host, settings.port), timeout=settings.timeouts.connect.total_seconds()
        )
    except OSError as error:
        raise TransientError(
            f"{place} cannot be reached: {error.strerror or error or 'no answer'}.",
            remedy="It is tried again. If it lasts, check host, port and firewall.",
        ) from error
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _shake_hands(ssh: paramiko.Transport, settings: SftpSettings, place: Place) -> paramiko.PKey:
    limits = settings.timeouts
    ssh.set_log_channel(_LOG)
    ssh.banner_timeout = limits.banner.total_seconds()
    ssh.handshake_timeout = limits.auth.total_seconds()
    ssh.auth_timeout = limits.auth.total_seconds()
    ssh.channel_timeout = limits.channel.total_seconds()
    with _ssh_failures(place, "agree on a connection"):
        ssh.start_client(timeout=(limits.banner + limits.auth).total_seconds())
        host_key = ssh.get_remote_server_key()
    ssh.set_keepalive(round(limits.keepalive.total_seconds()))
    return host_key


def _authenticate(ssh: paramiko.Transport, key: paramiko.PKey, settings: SftpSettings, place: Place) -> None:
    begun = time.monotonic()
    try:
        with _ssh_failures(place, "log in"):
            still_wanted = ssh.auth_publickey(settings.user, key)
    except paramiko.BadAuthenticationType as error:
        raise OperatorError(
            f"{place} takes no key from this account: it wants {' or '.join(error.allowed_types) or 'something else'}.",
            remedy="Ask the partner for an account that logs in with a key only.",
        ) from error
    except paramiko.AuthenticationException as error:
        if not ssh.is_active() or time.monotonic() - begun >= ssh.auth_timeout:
            raise lost(LinkLostError(str(error).rstrip(".")), place, "log in") from error
        raise _key_refused(place, key) from error
    if still_wanted:
        raise OperatorError(
            f"{place} wants more than a key: {', '.join(still_wanted)}.",
            remedy="Ask the partner for an account that logs in with a key only.",
        )


def _key_refused(place: Place, key: paramiko.PKey) -> OperatorError:
    return OperatorError(
        f"{place} refuses our key ({key.get_name()} {fingerprint(key.asbytes())}).",
        remedy="Check the user of the sheet; ask the partner whether it holds the public part of this key.",
    )


def _open_sftp(ssh: paramiko.Transport, settings: SftpSettings, place: Place) -> SftpClient:
    with _ssh_failures(place, "open the sftp subsystem"):
        channel = ssh.open_session()
        channel.settimeout(settings.timeouts.channel.total_seconds())
        channel.invoke_subsystem("sftp")
    try:
        return SftpClient(
            channel,
            in_order="OpenSSH" in ssh.remote_version,
            patience=settings.timeouts.channel.total_seconds(),
        )
    except LinkLostError as error:
        if channel.recv_stderr_ready():
            raise closed_at_once(channel.recv_stderr(_MOST_WORDS).decode("utf-8", "replace"), place) from error
        raise lost(error, place, "open the sftp subsystem") from error
    except ProtocolError as error:
        raise not_sftp(error, place) from error


@contextmanager
def _ssh_failures(place: Place, action: str) -> Iterator[None]:
    try:
        yield
    except paramiko.AuthenticationException:
        raise
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise OperatorError(
            f"{place} and edid have no SSH algorithm in common: {error}.",
            remedy="Ask the partner what its server offers and set transport.algorithms in the sheet.",
        ) from error
    except paramiko.ChannelException as error:
        if error.code in _BUSY:
            raise TransientError(
                f"{place} cannot {action} now: {error.text}.",
                remedy="It is tried again. If it lasts, ask the partner how many sessions this account may have.",
            ) from error
        raise OperatorError(
            f"{place} refuses to {action}: {error.text}.",
            remedy="Ask the partner whether this account may use SFTP.",
        ) from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise lost(LinkLostError(str(error).rstrip(".") or "the partner hung up"), place, action) from error
