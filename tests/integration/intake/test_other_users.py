"""The ERP's files belong to other users; edid is only a member of the folder's group."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from edid.config.sheet import Intake
from edid.errors import OperatorError
from edid.intake.claim import NotReadyYetError, RefusedFileError, claim, finish
from edid.intake.folders import SheetFolders
from edid.intake.lease import blindness, open_for_writing
from edid.intake.overlooked import Overlooked
from edid.intake.scan import Candidate, scan
from edid.intake.setaside import set_aside

ERP, OTHER_ERP, EDID = 12345, 12346, 54320

AsUser = Callable[..., None]


@pytest.fixture(autouse=True)
def _edid_owns_its_folders(shared: SheetFolders) -> None:
    for folder in (shared.root, shared.out, shared.claimed, shared.rejected, shared.duplicates):
        os.chown(folder, EDID, -1)


def only(folders: SheetFolders) -> Candidate:
    (candidate,) = scan(folders.out, Intake(subfolders=True))
    return candidate


def test_an_erps_file_is_claimed_read_and_removed(shared: SheetFolders, as_user: AsUser) -> None:
    as_user(ERP, lambda: (shared.out / "invoice.xml").write_text("<Invoice/>"))
    assert (shared.out / "invoice.xml").stat().st_uid == ERP

    def edid() -> None:
        claimed = claim(only(shared), shared, limit=1000)
        assert claimed.path.read_text() == "<Invoice/>"
        finish(claimed)

    as_user(EDID, edid)
    assert list(shared.claimed.iterdir()) == []


def test_a_file_that_edids_group_may_not_read_is_refused_and_kept(shared: SheetFolders, as_user: AsUser) -> None:
    def erp() -> None:
        (shared.out / "invoice.xml").write_text("<Invoice/>")
        (shared.out / "invoice.xml").chmod(0o600)

    def edid() -> None:
        with pytest.raises(RefusedFileError, match=r"may not read.*chmod g\+r") as refused:
            claim(only(shared), shared, limit=1000)
        assert refused.value.code == "EDID_UNREADABLE"
        claimed = refused.value.claimed
        note = {".verdict.json": f'"{claimed.token}"'.encode()}
        target = set_aside(
            source=claimed.path,
            content=None,
            folder=shared.rejected,
            name=claimed.name,
            notes=note,
            token=claimed.token,
        )
        assert target.name == "invoice.xml"

    as_user(ERP, erp)
    as_user(EDID, edid)
    assert (shared.rejected / "invoice.xml").read_text() == "<Invoice/>"


def test_a_file_that_edid_may_not_read_yet_is_given_time(shared: SheetFolders, as_user: AsUser) -> None:
    def erp() -> None:
        (shared.out / "invoice.xml").write_text("<Invoice/>")
        (shared.out / "invoice.xml").chmod(0o600)

    def edid() -> None:
        with pytest.raises(NotReadyYetError, match="may not read"):
            claim(only(shared), shared, limit=1000, unreadable_for=60)

    as_user(ERP, erp)
    as_user(EDID, edid)
    as_user(ERP, lambda: (shared.out / "invoice.xml").chmod(0o640))
    as_user(EDID, lambda: _same(claim(only(shared), shared, limit=1000, unreadable_for=60).name, "invoice.xml"))


def test_without_cap_lease_edid_knows_that_it_is_blind(shared: SheetFolders, as_user: AsUser) -> None:
    def blind(expected: str | None) -> Callable[[], None]:
        def edid() -> None:
            assert blindness(shared.claimed) == expected

        return edid

    as_user(EDID, blind("edid lacks the capability CAP_LEASE"))
    as_user(EDID, blind(None), lease=True)


def test_a_private_folder_inside_is_told(shared: SheetFolders, as_user: AsUser) -> None:
    def erp() -> None:
        (shared.out / "private").mkdir()
        (shared.out / "private").chmod(0o700)

    def edid() -> None:
        (told,) = Overlooked(shared.out, Intake(subfolders=True)).look(0)
        assert told.why == "is a folder that edid cannot read: Permission denied"

    as_user(ERP, erp)
    as_user(EDID, edid)


def test_cap_lease_alone_tells_about_other_users_files(shared: SheetFolders, as_user: AsUser) -> None:
    path = shared.out / "invoice.xml"
    as_user(ERP, lambda: path.write_text("<Invoice/>"))

    def asked(expected: bool | None) -> Callable[[], None]:
        def edid() -> None:
            descriptor = os.open(path, os.O_RDONLY)
            assert open_for_writing(descriptor) is expected

        return edid

    as_user(EDID, asked(None))
    as_user(EDID, asked(False), lease=True)
    with path.open("ab"):
        as_user(EDID, asked(True), lease=True)


def test_with_cap_lease_an_erps_open_file_is_left_alone(shared: SheetFolders, as_user: AsUser) -> None:
    path = shared.out / "invoice.xml"
    as_user(ERP, lambda: path.write_text("<Invoice/>"))

    def edid() -> None:
        with pytest.raises(NotReadyYetError, match="open for writing"):
            claim(only(shared), shared, limit=1000)

    with path.open("ab"):
        as_user(EDID, edid, lease=True)
    assert path.exists()


def test_without_write_permission_on_the_drop_folder_the_error_says_what_to_mend(
    shared: SheetFolders, as_user: AsUser
) -> None:
    as_user(ERP, lambda: (shared.out / "invoice.xml").write_text("<Invoice/>"))
    os.chown(shared.out, 0, -1)
    shared.out.chmod(0o2750)

    def edid() -> None:
        with pytest.raises(OperatorError, match=r"cannot take files from .*Permission denied.*mode 3770"):
            claim(only(shared), shared, limit=1000)
        with pytest.raises(OperatorError, match="may not read, write and enter"):
            shared.prepare(sender=True)

    as_user(EDID, edid)
    assert (shared.out / "invoice.xml").exists()
    assert list(shared.claimed.iterdir()) == []


def test_a_drop_folder_that_cannot_be_read_is_an_operator_error(shared: SheetFolders, as_user: AsUser) -> None:
    os.chown(shared.out, 0, 0)

    def edid() -> None:
        with pytest.raises(OperatorError, match=r"cannot read .*out: Permission denied"):
            scan(shared.out, Intake())

    as_user(EDID, edid)


def test_an_erps_private_folder_inside_does_not_stop_the_others(shared: SheetFolders, as_user: AsUser) -> None:
    def erp() -> None:
        for name, mode in (("private", 0o700), ("open", 0o770)):
            (shared.out / name).mkdir()
            (shared.out / name / "invoice.xml").write_text("<Invoice/>")
            (shared.out / name).chmod(mode)

    as_user(ERP, erp)
    as_user(EDID, lambda: _same(only(shared).name, "open/invoice.xml"))


def test_one_erps_folder_gives_its_file_to_edid(shared: SheetFolders, as_user: AsUser) -> None:
    def erp() -> None:
        (shared.out / "day").mkdir()
        (shared.out / "day").chmod(0o2770)
        (shared.out / "day" / "invoice.xml").write_text("<Invoice/>")

    as_user(OTHER_ERP, erp)
    as_user(EDID, lambda: _same(claim(only(shared), shared, limit=1000).name, "day/invoice.xml"))


def _same(found: str, expected: str) -> None:
    assert found == expected
