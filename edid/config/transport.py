"""The part of a sheet that says how the partner is reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edid.config.base import Section
from edid.config.values import Allowed, ConfigPath, Duration, Period

HostKey = Annotated[
    str,
    Field(pattern=r"^(ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$"),
    Allowed("a type and a base64 key, such as ssh-ed25519 AAAAC3Nza..."),
]
Suffix = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._~-]+$"),
    Allowed("letters, digits and . _ ~ - only"),
]


class SecretRef(Section):
    """A secret, by reference only: exactly one of the two."""

    credential: (
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$"),
            Allowed("letters, digits and . _ - only"),
        ]
        | None
    ) = None
    """Name of a systemd credential (LoadCredential= in the unit)."""
    file: ConfigPath | None = None
    """A file of mode 0600, owned by edid's user or root."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.credential is None) == (self.file is None):
            raise ValueError("give exactly one of 'credential' and 'file'")
        return self


class Algorithms(Section):
    """SSH algorithms offered to this partner, best first. Empty: the library's own list."""

    ciphers: tuple[str, ...] = ()
    """For example [aes256-cbc, aes128-cbc], the ones AIFE names."""
    kex: tuple[str, ...] = ()
    """Key exchange."""
    host_keys: tuple[str, ...] = ()
    """Host-key algorithms, for example [rsa-sha2-512, rsa-sha2-256]."""
    public_keys: tuple[str, ...] = ()
    """Algorithms that our key may sign with, for example [rsa-sha2-256]."""


class Timeouts(Section):
    """How long to wait for the partner before the attempt counts as failed (it is then repeated)."""

    connect: Period = timedelta(seconds=20)
    """For the TCP connection."""
    banner: Period = timedelta(seconds=20)
    """For the first line of the server."""
    auth: Period = timedelta(seconds=30)
    """For the answer to our key."""
    channel: Period = timedelta(seconds=60)
    """Longest time for the partner to take what is sent, and to complete an answer (32 kB)."""
    keepalive: Duration = timedelta(seconds=30)
    """How often an idle session shows that it lives; 0s: never."""


class Upload(Section):
    """How a file appears at the partner. No platform documents its rule: agree it with the partner."""

    strategy: Literal["suffix-rename", "directory-rename", "direct", "marker"] = "suffix-rename"
    """suffix-rename: written as name+suffix, then renamed. directory-rename: written in another folder, then
    renamed. direct: written under its name. marker: written under its name, then an empty name+marker."""
    suffix: Suffix = ".part"
    """Temporary suffix of suffix-rename."""
    directory: str = "tmp"
    """Temporary folder of directory-rename, on the partner's side."""
    marker: Suffix = ".ok"
    """Suffix of the empty file that ends a marker upload."""


class _Reached(Section):
    protocol: Literal["sftp", "folder"]
    in_folder: str = "in"
    """Where we deposit, named from the partner's side."""
    out_folder: str = "out"
    """Where we fetch, named from the partner's side."""
    upload: Upload = Upload()
    confirm_size: bool = True
    """Ask the partner for the size after writing. False where the partner forbids it in its in folder."""
    sessions: int = Field(default=2, ge=1, le=16)
    """Connections used side by side for deposits."""


class SftpSettings(_Reached):
    """SFTP: we are the client, with a key; the partner's host key is pinned."""

    protocol: Literal["sftp"]
    """How the partner is reached."""
    host: Annotated[
        str,
        Field(pattern=r"^[\w.:-]+$", examples=["sftp.example.invalid"]),
        Allowed("a host name or an IP address, without sftp:// and without a port"),
    ]
    """The partner's server."""
    port: int = Field(default=22, ge=1, le=65535)
    """TCP port of the server."""
    user: str = Field(min_length=1, examples=["aaa123"])
    """The login that the partner gave us."""
    key: SecretRef
    """Our private key (OpenSSH or PEM)."""
    passphrase: SecretRef | None = None
    """Passphrase of the private key, by reference like the key; null where the key has none."""
    host_keys: tuple[HostKey, ...] = ()
    """Pinned public keys of the server, as `ssh-keyscan` prints them without the host. With none, every
    connection is refused and the error shows the line to add."""
    algorithms: Algorithms = Algorithms()
    timeouts: Timeouts = Timeouts()


class FolderSettings(_Reached):
    """A folder on this machine that another program empties and fills (a PeSIT or AS/2 monitor, a mount)."""

    protocol: Literal["folder"]
    """How the partner is reached."""
    root: ConfigPath
    """The folder that holds the in and out folders."""


TransportSettings = Annotated[SftpSettings | FolderSettings, Field(discriminator="protocol")]
