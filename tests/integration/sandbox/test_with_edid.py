"""edid's own transport against the sandbox: what a user's sheet will do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import PurePosixPath

import pytest

from edid.config.transport import SftpSettings
from edid.errors import EdidError, OperatorError
from edid.sandbox.invoices.content import example_invoice
from edid.sandbox.invoices.ubl import write_ubl
from edid.sandbox.ledger import ACCEPTED, REFUSED
from edid.sandbox.platform import SandboxPlatform
from edid.transport.deliver import deliver
from edid.transport.opening import open_transport

FLOW = "FSO1100A_AAA123_AAA1231100000000000000001"


def settings(server, key_pair, **upload) -> SftpSettings:
    return SftpSettings.model_validate(
        {
            "protocol": "sftp",
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "key": {"file": str(key_pair.file)},
            "host_keys": [server.host_key_line],
            "algorithms": {"ciphers": ["aes256-cbc", "aes128-cbc"]},
            "upload": upload,
        }
    )


@pytest.mark.parametrize("strategy", ["suffix-rename", "direct", "marker"])
@pytest.mark.parametrize("suffix", [".part", ".wip"])
def test_every_upload_strategy_that_needs_no_other_folder_works(
    serve, key_pair, tmp_path, root, eventually, strategy, suffix
):
    (document := tmp_path / "invoice.xml").write_bytes(write_ubl(example_invoice("F-1", date(2026, 9, 15))))
    server = serve(cbc_only=True)
    sheet = settings(server, key_pair, strategy=strategy, suffix=suffix)
    with (
        SandboxPlatform(root, being_written=server.being_written, delay=timedelta(0)) as played,
        open_transport(sheet) as transport,
    ):
        delivery = deliver(transport, document, FLOW, sheet)
        assert delivery.size_confirmed
        eventually(lambda: len(transport.list(PurePosixPath("out"))) == 4)
        for number, offered in enumerate(transport.list(PurePosixPath("out"))):
            transport.get(PurePosixPath("out") / offered.name, tmp_path / f"got-{number}", limit=10**6)
        assert transport.list(PurePosixPath("out")) == []
        eventually(lambda: list((root / "in").iterdir()) == [])
    assert len(played.ledger.events(ACCEPTED)) == 1
    assert played.ledger.events(REFUSED) == []


def test_a_folder_that_the_platform_does_not_have_is_the_operators_matter(server, key_pair, tmp_path):
    (document := tmp_path / "invoice.xml").write_bytes(b"<x/>")
    sheet = settings(server, key_pair, strategy="directory-rename", directory="tmp")
    with open_transport(sheet) as transport, pytest.raises(OperatorError):
        deliver(transport, document, FLOW, sheet)


def test_offered_files_cannot_be_removed(server, key_pair, root):
    (root / "out" / "CSO").write_bytes(b"report")
    with open_transport(settings(server, key_pair)) as transport, pytest.raises(EdidError):
        transport.remove(PurePosixPath("out/CSO"))
    assert (root / "out" / "CSO").exists()
