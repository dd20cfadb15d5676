"""From the settings of a sheet to the transport that serves them."""

from __future__ import annotations

from edid.config.transport import SftpSettings, TransportSettings
from edid.transport.contract import Transport
from edid.transport.folder import FolderTransport


def open_transport(settings: TransportSettings) -> Transport:
    """Return the transport for `settings`, not connected yet. Raises nothing: the first call connects."""
    if isinstance(settings, SftpSettings):
        from edid.transport.sftp import SftpTransport

        return SftpTransport(settings)
    return FolderTransport(settings)
