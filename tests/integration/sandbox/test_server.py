"""The sandbox's SFTP server, seen by a paramiko client."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.errors import ConfigError
from edid.sandbox.dropbox import Area, place
from edid.sandbox.server import SandboxServer


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_deposit_is_written_under_a_temporary_name_and_renamed(server, client, root):
    with client.open("in/FLOW.part", "wb") as file:
        file.set_pipelined(True)
        file.write(b"x" * 200_000)
    assert client.stat("in/FLOW.part").st_size == 200_000
    client.rename("in/FLOW.part", "in/FLOW")
    assert (root / "in" / "FLOW").read_bytes() == b"x" * 200_000
    done = [(each.op, each.path, each.size, each.target) for each in server.operations()]
    assert done == [
        ("login", "aife", 0, None),
        ("put", "/in/FLOW.part", 200_000, None),
        ("rename", "/in/FLOW.part", 200_000, "/in/FLOW"),
    ]


def test_an_interrupted_upload_can_be_repeated_over_what_is_there(client, root):
    for content in (b"half", b"the whole file"):
        with client.open("in/FLOW.part", "wb") as file:
            file.write(content)
    client.posix_rename("in/FLOW.part", "in/FLOW")
    assert (root / "in" / "FLOW").read_bytes() == b"the whole file"


def test_a_plain_rename_never_replaces_a_file_and_a_posix_rename_does(client, root):
    for name in ("one", "two"):
        with client.open(f"in/{name}", "wb") as file:
            file.write(name.encode())
    with pytest.raises(OSError, match="Failure"):
        client.rename("in/one", "in/two")
    assert (root / "in" / "two").read_bytes() == b"two"
    client.posix_rename("in/one", "in/two")
    assert (root / "in" / "two").read_bytes() == b"one"


def test_only_temporary_names_can_be_removed(client, root):
    for name in ("FLOW.part", "FLOW.tmp", ".FLOW", "FLOW"):
        (root / "in" / name).write_bytes(b"x")
    for name in ("FLOW.part", "FLOW.tmp", ".FLOW"):
        client.remove(f"in/{name}")
    with pytest.raises(PermissionError):
        client.remove("in/FLOW")
    assert names(root / "in") == ["FLOW"]


def test_an_offered_file_is_served_once(server, client, root, tmp_path):
    (root / "out" / "CSO").write_bytes(b"r" * 100_000)
    client.get("out/CSO", str(tmp_path / "got"))
    assert (tmp_path / "got").read_bytes() == b"r" * 100_000
    assert names(root / "out") == []
    assert [each.path for each in server.operations("served once")] == ["/out/CSO"]
    with pytest.raises(FileNotFoundError):
        client.open("out/CSO", "rb")


def test_an_empty_offered_file_is_served_once_too(client, root, tmp_path):
    (root / "out" / "EMPTY").touch()
    client.get("out/EMPTY", str(tmp_path / "got"))
    assert names(root / "out") == []


def test_a_file_read_in_part_stays(client, root):
    (root / "out" / "CSO").write_bytes(b"r" * 100_000)
    with client.open("out/CSO", "rb") as file:
        assert file.read(10) == b"r" * 10
    assert names(root / "out") == ["CSO"]


def test_a_file_read_to_its_end_by_a_client_that_vanished_stays(server, login, root, eventually):
    (root / "out" / "CSO").write_bytes(b"report")
    client = login(server)
    file = client.open("out/CSO", "rb")
    assert file.read() == b"report"
    client.get_channel().get_transport().close()
    eventually(lambda: server.operations("get"))
    assert names(root / "out") == ["CSO"]


def test_files_stay_when_the_server_does_not_offer_once(serve, login, root, tmp_path):
    client = login(serve(fetch_once=False))
    (root / "out" / "CSO").write_bytes(b"report")
    for _ in range(2):
        client.get("out/CSO", str(tmp_path / "got"))
    assert names(root / "out") == ["CSO"]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda client: client.open("out/NEW", "wb"),
        lambda client: client.open("out/CSO", "r+b"),
        lambda client: client.open("out/CSO", "ab"),
        lambda client: client.remove("out/CSO"),
        lambda client: client.rename("out/CSO", "out/MINE"),
        lambda client: client.rename("out/CSO", "in/MINE"),
        lambda client: client.rename("in/FLOW", "out/FLOW"),
        lambda client: client.posix_rename("out/CSO", "out/MINE"),
        lambda client: client.chmod("out/CSO", 0o777),
        lambda client: client.truncate("out/CSO", 0),
        lambda client: client.truncate("in/FLOW", 0),
        lambda client: client.mkdir("out/sub"),
        lambda client: client.mkdir("in/sub"),
        lambda client: client.mkdir("sub"),
        lambda client: client.rmdir("in"),
        lambda client: client.symlink("/etc/passwd", "in/link"),
        lambda client: client.readlink("in/FLOW"),
        lambda client: client.open("in/FLOW", "rb"),
        lambda client: client.open("elsewhere", "wb"),
    ],
)
def test_any_other_manipulation_is_refused_with_permission_denied(server, client, root, attempt):
    (root / "out" / "CSO").write_bytes(b"report")
    (root / "in" / "FLOW").write_bytes(b"flow")
    with pytest.raises(PermissionError):
        attempt(client)
    assert server.operations("refused")
    assert (names(root / "in"), names(root / "out")) == (["FLOW"], ["CSO"])
    assert (root / "out" / "CSO").read_bytes() == b"report"


def test_the_root_shows_two_folders_and_hides_the_rest(client, root):
    (root / ".sandbox").mkdir(exist_ok=True)
    (root / "secret").write_bytes(b"s")
    assert client.listdir(".") == ["in", "out"]
    assert stat.S_ISDIR(client.stat("in").st_mode or 0)
    for hidden in (".sandbox", "secret", ".sandbox/host_key"):
        with pytest.raises(FileNotFoundError):
            client.stat(hidden)


def test_symlinks_and_folders_are_neither_listed_nor_followed(client, root, tmp_path):
    (tmp_path / "secret").write_bytes(b"s")
    (root / "out" / "link").symlink_to(tmp_path / "secret")
    (root / "in" / "link").symlink_to(tmp_path / "secret")
    (root / "out" / "folder").mkdir()
    os.mkfifo(root / "out" / "pipe")
    assert client.listdir("out") == []
    for name in ("link", "folder", "pipe"):
        with pytest.raises(OSError, match=r"Failure|No such file"):
            client.open(f"out/{name}", "rb").read()
    with pytest.raises(OSError, match="Failure"):
        client.open("in/link", "wb")
    assert (tmp_path / "secret").read_bytes() == b"s"


@given(st.lists(st.sampled_from(["..", ".", "in", "out", "x", "", "in/..", "//", "\0", "é"]), max_size=8))
def test_no_path_climbs_out_of_the_root(parts):
    where = place("/".join(parts))
    if where is not None:
        assert where.area in Area
        assert where.name is None or ("/" not in where.name and where.name not in {"..", "."})


def test_a_password_a_foreign_key_and_another_user_are_refused(server, key_pair):
    def attempt(**credentials):
        transport = paramiko.Transport((server.host, server.port))
        try:
            transport.connect(**credentials)
        finally:
            transport.close()

    with pytest.raises(paramiko.AuthenticationException):
        attempt(username="aife", password="secret")
    with pytest.raises(paramiko.AuthenticationException):
        attempt(username="aife", pkey=paramiko.ECDSAKey.generate())
    with pytest.raises(paramiko.AuthenticationException):
        attempt(username="root", pkey=key_pair.key)
    assert {each.op for each in server.operations()} == {"login refused"}


def test_no_shell_no_command_no_forwarding(server, login):
    transport = login(server).get_channel().get_transport()
    with pytest.raises(paramiko.SSHException):
        transport.open_session().exec_command("id")
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", 1), ("127.0.0.1", 2))


def test_a_cbc_only_server_offers_nothing_else(serve, key_pair):
    server = serve(cbc_only=True)
    refused = paramiko.Transport((server.host, server.port))
    refused.get_security_options().ciphers = ("aes128-ctr", "aes256-ctr")
    with pytest.raises(paramiko.SSHException):
        refused.connect(username="aife", pkey=key_pair.key)
    refused.close()
    taken = paramiko.Transport((server.host, server.port))
    taken.connect(username="aife", pkey=key_pair.key)
    assert taken.remote_cipher in {"aes256-cbc", "aes128-cbc"}
    taken.close()


def test_the_host_key_is_rsa_3072_kept_private_and_the_same_after_a_restart(tmp_path, key_pair):
    def run() -> str:
        with SandboxServer(tmp_path, user="u", authorized_keys=[key_pair.line]) as server:
            transport = paramiko.Transport((server.host, server.port))
            transport.start_client()
            shown = transport.get_remote_server_key()
            transport.close()
            assert shown.get_bits() == 3072
            assert server.host_key_line == f"ssh-rsa {shown.get_base64()}"
            return server.host_key_line

    first = run()
    kept = tmp_path / ".sandbox" / "host_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert run() == first
    kept.write_text("not a key")
    with pytest.raises(ConfigError, match="not an RSA private key"):
        run()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::", "example.com", "localhost"])
def test_an_address_that_is_not_loopback_is_refused(tmp_path, key_pair, host):
    with pytest.raises(ConfigError, match="refuses to listen"):
        SandboxServer(tmp_path, host=host, user="u", authorized_keys=[key_pair.line])


@pytest.mark.parametrize(
    "line", ["", "ssh-rsa", "ssh-rsa !!!!", "ssh-rsa AAAA", "password", "ssh-ed25519 c3NoLXJzYQ=="]
)
def test_what_is_not_a_public_key_is_refused(tmp_path, line):
    with pytest.raises(ConfigError, match="public key"):
        SandboxServer(tmp_path, user="u", authorized_keys=[line])


def test_a_taken_port_is_a_clear_refusal(server, serve):
    with pytest.raises(ConfigError, match="cannot listen"):
        serve(port=server.port)


def test_it_can_be_stopped_and_started_again_on_its_port(serve, login, root):
    server = serve()
    port = server.port
    login(server)
    server.stop()
    with pytest.raises(OSError, match=r"refused|Unable"):
        socket.create_connection(("127.0.0.1", port), timeout=2)
    server.start()
    assert server.port == port
    assert login(server).listdir(".") == ["in", "out"]


def test_a_broken_client_does_not_disturb_the_others(server, client, root, eventually):
    for rubbish in (b"", b"GET / HTTP/1.0\r\n\r\n", b"SSH-2.0-x\r\n" + b"\xff" * 5000, b"\0" * 100):
        with socket.create_connection((server.host, server.port)) as lost:
            lost.sendall(rubbish)
    (root / "out" / "CSO").write_bytes(b"report")
    with client.open("out/CSO", "rb") as file:
        assert file.read() == b"report"


@given(data=st.binary(max_size=300))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_sent_to_the_port_stop_the_server(server, data):
    with socket.create_connection((server.host, server.port)) as lost:
        lost.sendall(b"SSH-2.0-fuzz\r\n" + data)
    with socket.create_connection((server.host, server.port), timeout=5) as next_one:
        assert next_one.recv(8) == b"SSH-2.0-"


def test_an_upload_cut_off_counts_as_being_written_until_it_is_repeated(server, login, root, eventually):
    client = login(server)
    file = client.open("in/FLOW", "wb")
    file.write(b"half")
    file.flush()
    eventually(lambda: (root / "in" / "FLOW").stat().st_size == 4)
    assert server.being_written("FLOW")
    client.get_channel().get_transport().close()
    eventually(lambda: server.operations("put interrupted"))
    assert server.being_written("FLOW")
    with login(server).open("in/FLOW", "wb") as again:
        again.write(b"whole")
    assert not server.being_written("FLOW")


def test_a_thousand_small_files_go_through_in_seconds(server, login):
    client = login(server)
    for number in range(1000):
        with client.open(f"in/F{number}.part", "wb") as file:
            file.set_pipelined(True)
            file.write(b"x" * 8_000)
        client.rename(f"in/F{number}.part", f"in/F{number}")
    renames: Callable[[], int] = lambda: len(server.operations("rename"))  # noqa: E731
    assert renames() == 1000
    done = server.operations()
    assert (done[-1].at - done[0].at).total_seconds() < 20
