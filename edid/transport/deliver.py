"""One deposit: the bytes, their confirmation, and the moment when the file appears under its name.

No platform documents how an unfinished upload must look, so the sheet says it (`transport.upload`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from edid.config.transport import TransportSettings, Upload
from edid.errors import OperatorError, PermanentError, RemoteMissingError, TransientError
from edid.transport.contract import Progress, RemoteDeniedError, Transport


class TakenUnfinishedError(OperatorError):
    """The partner took a file under its temporary name: it may have all of it, so it is not sent again by itself."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the partner holds now."""

    path: PurePosixPath
    """Where it stands, from the partner's root."""
    size: int
    """Bytes written, each of them acknowledged."""
    size_confirmed: bool
    """True when the partner, asked afterwards, named the same size. False: not asked, or not told."""


def deliver(
    transport: Transport,
    source: Path,
    name: str,
    settings: TransportSettings,
    progress: Progress | None = None,
    *,
    from_here_on: Callable[[], None] = lambda: None,
) -> Delivery:
    """Deposit the bytes of `source` as `name` in the partner's in folder, the way the sheet says.

    `from_here_on` is called before the first act after which the partner may hold the file, whatever fails then.
    Safe to repeat after any failure: what an earlier attempt left is written over. Raises TransientError when
    the partner names another size than was written, and what `transport` raises.
    """
    final, written = _final(name, settings), _written(name, settings)
    if written == final:
        from_here_on()
    put = transport.put(source, written, progress, look=settings.confirm_size)
    if put.seen is not None and put.seen != put.size:
        _refuse_other_size(transport, written, put.size)
    if written != final:
        from_here_on()
        _reveal(transport, written, final)
    elif settings.upload.strategy == "marker":
        transport.put(Path(os.devnull), _marker(final, settings.upload))
    return Delivery(final, put.size, put.seen is not None)


def is_delivered(transport: Transport, name: str, size: int, settings: TransportSettings) -> bool | None:
    """Tell whether an earlier attempt finished: True, False, or None when the partner does not let us know.

    True: `name` stands in the in folder with `size` bytes (and its marker, where the sheet uses one). False: it
    does not stand there now; a partner that moves files away at once answers the same.
    """
    final = _final(name, settings)
    try:
        seen = transport.stat(final)
        if seen is None or seen.size != size:
            return False
        if settings.upload.strategy != "marker":
            return True
        return transport.stat(_marker(final, settings.upload)) is not None
    except RemoteDeniedError:
        return None


def is_taken(transport: Transport, name: str, settings: TransportSettings) -> bool:
    """Tell whether something stands under `name` in the in folder; False where the partner does not tell."""
    try:
        return transport.stat(_final(name, settings)) is not None
    except RemoteDeniedError:
        return False


def _final(name: str, settings: TransportSettings) -> PurePosixPath:
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise PermanentError(f"{name!r} cannot be the name of a file.", remedy="Name the flow by its rule.")
    return PurePosixPath(settings.in_folder) / name


def _written(name: str, settings: TransportSettings) -> PurePosixPath:
    upload, final = settings.upload, _final(name, settings)
    if upload.strategy == "suffix-rename":
        return final.with_name(name + upload.suffix)
    if upload.strategy == "directory-rename":
        return PurePosixPath(upload.directory) / name
    return final


def _marker(final: PurePosixPath, upload: Upload) -> PurePosixPath:
    return final.with_name(final.name + upload.marker)


def _refuse_other_size(transport: Transport, path: PurePosixPath, size: int) -> None:
    """Ask once more on its own: a server that answers out of order may have looked too early."""
    seen = transport.stat(path)
    if seen is None or seen.size == size:
        return
    raise TransientError(
        f"the partner holds {seen.size} bytes of '{path}' where {size} were written.",
        remedy="It is sent again under the same name. If the partner changes files as they arrive, "
        "set confirm_size to false in the sheet.",
    )


def _reveal(transport: Transport, written: PurePosixPath, final: PurePosixPath) -> None:
    try:
        transport.rename(written, final)
    except RemoteDeniedError as error:
        raise OperatorError(
            f"'{written}' was written but the partner does not let us rename it: {error.message}",
            remedy="Agree on another transport.upload.strategy with the partner: 'direct' needs no renaming.",
        ) from error
    except RemoteMissingError as error:
        raise TakenUnfinishedError(
            f"'{written}' was written and is gone before it was renamed: the partner took it unfinished.",
            remedy="Agree with the partner on a temporary name that it leaves alone (transport.upload).",
        ) from error
