"""The rule packs of this installation and those that were added, as documents are judged by them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from edid.errors import ConfigError
from edid.validation import catalogue
from edid.validation.added import record
from edid.validation.added.order import arranged
from edid.validation.added.record import AddedEntry, Record
from edid.validation.packs import Catalogue, Pack

_Stamp = tuple[int, int, int, int]


class AddedRules:
    """The added packs in the folder `rules` of the state folder, which need not exist. Only reads."""

    def __init__(self, folder: Path | None, shipped: Callable[[], Catalogue] = catalogue.shipped) -> None:
        """`folder`: None where there is no state folder. `shipped`: the packs of the installation."""
        self._folder = folder
        self.shipped = shipped
        self._held: tuple[_Stamp, Catalogue] | None = None

    @property
    def folder(self) -> Path:
        """Where added packs are."""
        assert self._folder is not None, "nothing can be added without a state folder"
        return self._folder

    def catalogue(self) -> Catalogue:
        """Return what judges documents now: added packs that are in use, then those of the installation.

        Behind these stand added packs that are not in use, where a pin can choose them and nothing else does. Costs one
        look at the file while nothing changed. Raises ConfigError when what was added cannot be read.
        """
        stamp = self._stamp()  # before reading: what is written meanwhile is seen at the next call
        if stamp is None:
            return self.arranged(self.record())
        held = self._held
        if held is None or held[0] != stamp:
            held = self._held = stamp, self.arranged(self.record())
        return held[1]

    def record(self) -> Record:
        """Return what was added. Raises ConfigError when it cannot be read."""
        return Record() if self._folder is None else record.read(self._folder)

    def arranged(self, known: Record) -> Catalogue:
        """Return the catalogue that `known` makes with the packs of the installation."""
        if not known.packs:
            return self.shipped()
        active = [self.pack(each) for each in known.packs if each.active]
        resting = [self.pack(each) for each in known.packs if not each.active]
        return arranged(active, resting, self.shipped())

    def pack(self, entry: AddedEntry) -> Pack:
        """Return the pack that `entry` describes."""
        return catalogue.pack_of(entry, self.folder)

    def _stamp(self) -> _Stamp | None:
        if self._folder is None:
            return None
        path = self._folder / record.NAME
        try:
            told = os.stat(path)  # noqa: PTH116 - asked at every batch
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(
                f"the catalogue of added rule packs {path} cannot be read: {error.strerror}.",
                remedy="Run edid as the owner of the state folder, or give the rights back.",
            ) from error
        return told.st_ino, told.st_mtime_ns, told.st_ctime_ns, told.st_size
