"""Rows of the contract: the partner is not reached, or does not let us in."""

from __future__ import annotations

from edid.errors import OperatorError, TransientError
from tests.integration.partners.breaking import (
    account_expired,
    of_another_key,
    showing_another_key,
    silent,
    stopped,
    switched,
    without_our_key,
)
from tests.integration.partners.row import Row, both

ACCOUNT = [
    Row(
        "server-down",
        "nobody listens on the port",
        "log in",
        TransientError,
        "cannot be reached",
        "tried again",
        {"faulty": stopped, "openssh": stopped},
    ),
    Row(
        "login-silent",
        "the server answers, then says nothing to our key",
        "log in",
        TransientError,
        "lost while trying to log in",
        "tried again",
        {"faulty": silent(silent_login=True)},
    ),
    Row(
        "server-busy",
        "the server takes the key and has no session left",
        "log in",
        TransientError,
        "sftp subsystem now: Resource shortage",
        "how many sessions",
        {"faulty": switched(no_sessions=4)},
    ),
    Row(
        "sftp-forbidden",
        "the server takes the key and forbids the session",
        "log in",
        OperatorError,
        "refuses to open the sftp subsystem",
        "may use SFTP",
        {"faulty": switched(no_sessions=1)},
    ),
    Row(
        "key-refused",
        "the server does not take our key",
        "log in",
        OperatorError,
        "refuses our key .*SHA256:",
        "public part",
        {"faulty": switched(refuses_key=True), **both(without_our_key)},
    ),
    Row(
        "account-expired",
        "the account has ended at the partner",
        "log in",
        OperatorError,
        "refuses our key",
        "ask the partner",
        {"openssh": account_expired},
    ),
    Row(
        "password-wanted",
        "the account takes passwords only",
        "log in",
        OperatorError,
        "takes no key from this account: it wants .*password",
        "with a key only",
        {"faulty": switched(wants_password=True)},
    ),
    Row(
        "password-expired",
        "the key is right, the password of the account has expired",
        "log in",
        OperatorError,
        "ends the session .*Password change required",
        "renew the account",
        {"faulty": switched(password_expired=True)},
    ),
    Row(
        "host-key-changed",
        "the server shows a host key that the sheet does not pin",
        "log in",
        OperatorError,
        "HAS CHANGED.*Nothing was sent",
        "another way",
        {"faulty": showing_another_key, **both(of_another_key)},
    ),
]
