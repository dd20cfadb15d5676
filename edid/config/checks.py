"""What one type cannot say: rules between keys, between files, and with today's date.

They read the files as written, not the models: they speak even when something else in a file is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from edid.config.certificate import certificate_end
from edid.config.key import Loc
from edid.config.problems import Problem
from edid.config.routing_reach import unreachable
from edid.config.settings import Limits
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.config.transport import SftpSettings
from edid.config.values import siret_is_plausible
from edid.config.yaml_file import YamlFile
from edid.errors import ConfigError

_KINDS = ("sender", "receiver")
_CHECK_DIGIT = "the SIRET fails its check digit"


def settings_errors(file: YamlFile) -> Iterator[Problem]:
    """Yield what is wrong between the keys of edid.yaml: the spool must not show edid's own folder."""
    spool, state = file.value("spool"), file.value("state")
    if isinstance(spool, str) and isinstance(state, str):
        folder = file.path.parent
        if (folder / state).is_relative_to(folder / spool):
            yield file.problem(("state",), "edid's own folder must stand outside the spool that ERPs see")


def sheet_errors(file: YamlFile, settings: YamlFile | None) -> Iterator[Problem]:
    """Yield what is wrong between the keys of one sheet, its file name and the limits of edid.yaml."""
    if file.value("kind") not in _KINDS:
        yield file.problem(
            ("kind",),
            "not one of the allowed words" if ("kind",) in file.places else "this key is required",
            allowed=" or ".join(_KINDS),
        )
    name = file.value("name")
    if isinstance(name, str) and name != file.path.stem:
        yield file.problem(("name",), "a sheet bears the name of its file", suggestion=file.path.stem)
    if file.value("environment") == "production" and _implausible_siret(file):
        yield file.problem(("structure", "siret"), _CHECK_DIGIT)
    limit = settings.value("limits", "flow_documents") if settings else None
    most = limit if isinstance(limit, int) else Limits().flow_documents
    documents = file.value("batch", "max_documents")
    if isinstance(documents, int) and documents > most:
        message = "more than limits.flow_documents in edid.yaml"
        yield file.problem(("batch", "max_documents"), message, allowed=f"at most {most}")


def errors_between(files: Sequence[YamlFile]) -> Iterator[Problem]:
    """Yield what two sheets cannot share: a name, or the sending of the same flows.

    The sequence that makes a flow identifier unique belongs to one (application code, interface code): AIFE,
    Dossier de specifications externes Chorus Pro v1.0, 5.4.3.1.
    """
    names: dict[str, Path] = {}
    senders: dict[tuple[object, ...], Path] = {}
    for file in files:
        name = file.value("name")
        if isinstance(name, str) and names.setdefault(name, file.path) != file.path:
            yield file.problem(("name",), f"{names[name].name} bears the same name")
        for path, sender in _sent(file):
            if senders.setdefault(sender, file.path) != file.path:
                message = f"{senders[sender].name} already sends this interface code for this application code"
                yield file.problem(path, message, allowed="one sheet for each of them in one environment")


def warnings_between(files: Sequence[YamlFile]) -> Iterator[Problem]:
    """Yield the enabled sheets that fetch from one mailbox: whichever polls first takes what is for the other."""
    boxes: dict[tuple[object, ...], Path] = {}
    for file in files:
        box = _fetched_from(file)
        if box is not None and boxes.setdefault(box, file.path) != file.path:
            message = f"{boxes[box].name} fetches from the same account and folder; each takes the other's files"
            allowed = "one sheet for each account: a sender sheet files incoming invoices too"
            yield file.problem(("transport",), message, allowed=allowed)


def _fetched_from(file: YamlFile) -> tuple[object, ...] | None:
    """Return what tells the folder that an enabled sheet fetches from."""
    if file.value("enabled") is False or file.value("transport", "protocol") not in {"sftp", "folder"}:
        return None
    keys = ("protocol", "host", "port", "user", "root", "out_folder")
    defaults = {"port": SftpSettings.model_fields["port"].default, "out_folder": "out"}
    found = [file.value("transport", key) for key in keys]
    return tuple(value if value is not None else defaults.get(key) for key, value in zip(keys, found, strict=True))


def sheet_warnings(file: YamlFile, sheet: SenderSheet | ReceiverSheet, today: date) -> Iterator[Problem]:
    """Yield what is lawful in a valid sheet, but probably not meant."""
    if sheet.environment == "qualification" and _implausible_siret(file):
        yield file.problem(("structure", "siret"), f"{_CHECK_DIGIT}; production would refuse it")
    if sheet.ends_on and sheet.ends_on < today:
        yield file.problem(("ends_on",), "the platform has deactivated this connection")
    if sheet.platform == "chorus-pro" and sheet.after_fetch.action != "none":
        message = "Chorus Pro offers a file once and forbids any handling of it"
        yield file.problem(("after_fetch", "action"), message, allowed="none")
    if sheet.enabled and sheet.transport.protocol == "sftp" and not sheet.transport.host_keys:
        message = "no host key is pinned: every connection will be refused, and the error shows the line to add"
        yield file.problem(("transport", "host_keys"), message, at_key=True)
    if isinstance(sheet, ReceiverSheet):
        for path, message in unreachable(sheet.routing):
            yield file.problem(("routing", *path), message, show=False, allowed="a narrower rule before a wider one")
    yield from _certificate_warnings(file, sheet, today)


def _certificate_warnings(file: YamlFile, sheet: SenderSheet | ReceiverSheet, today: date) -> Iterator[Problem]:
    path: Loc = ("certificate", "file" if sheet.certificate.file else "ends_on")
    try:
        end = certificate_end(sheet.certificate)
    except ConfigError as error:
        yield file.problem(path, str(error))
    else:
        if end and end < today:
            yield file.problem(path, f"the certificate ended on {end}: the platform stops exchanges")


def _implausible_siret(file: YamlFile) -> bool:
    siret = file.value("structure", "siret")
    return isinstance(siret, str) and bool(re.fullmatch(r"[0-9]{14}", siret)) and not siret_is_plausible(siret)


def _sent(file: YamlFile) -> Iterator[tuple[Loc, tuple[object, ...]]]:
    owner = tuple(file.value(key) for key in ("platform", "environment", "application_code"))
    codes = file.value("interfaces", "emission")
    for index, code in enumerate(codes if isinstance(codes, list) else ()):
        if isinstance(code, str) and all(isinstance(part, str) for part in owner):
            yield ("interfaces", "emission", index), (*owner, code)
