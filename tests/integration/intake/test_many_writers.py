"""Many programs write at once, each in its own way, while edid takes on the real clocks: none half, none missed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from edid.intake.watch import FolderWatch
from tests.integration.intake.house import TakingHouse
from tests.partners.waiting import until

EACH = 60
PROGRAM = """
import hashlib, mmap, os, random, sys, time
out, kind, seed, each, marker = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "marker"
chance = random.Random(seed)
pause = lambda: time.sleep(chance.choice([0, 0, 0, 0.002, 0.01]))
for number in range(each):
    name = f"{out}/{kind}-{seed}-{number}.xml"
    content = b"<%s n='%d-%d'/>" % (kind.encode(), seed, number) * chance.randrange(1, 400)
    if kind in ("held", "linked"):
        file = open(name, "wb", buffering=0)
        if kind == "linked":
            os.link(name, f"{out}/../second-{seed}-{number}")
        for at in range(0, len(content), 997):
            file.write(content[at : at + 997])
            pause()
        file.close()
    elif kind == "mapped":
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o660)
        os.ftruncate(descriptor, len(content))
        mapped = mmap.mmap(descriptor, len(content))
        os.close(descriptor)
        for at in range(0, len(content), 997):
            mapped[at : at + 997] = content[at : at + 997]
            pause()
        mapped.close()
    else:  # hidden or elsewhere, then renamed; or reopened again and again under the temporary name
        hidden = name + ".part" if kind == "renamed" else f"{out}/../aside-{seed}-{number}"
        for at in range(0, len(content), 997):
            with open(hidden, "ab") as file:
                file.write(content[at : at + 997])
            pause()
        if kind == "old":
            os.utime(hidden, (0, 0))
        os.rename(hidden, name)
    if marker:
        open(name + ".ok", "wb").close()
    print(os.path.basename(name), hashlib.sha256(content).hexdigest())
"""
KINDS = {
    "settled": ["held", "held", "linked", "mapped", "renamed", "old"],
    "renamed": ["renamed", "old"],
    "marker": ["held", "linked", "mapped", "renamed"],
}


@pytest.mark.parametrize("readiness", ["settled", "renamed", "marker"])
def test_what_many_programs_finish_is_taken_once_and_whole(tmp_path: Path, readiness: str) -> None:
    here = TakingHouse(tmp_path, readiness=readiness, settle="300ms")
    wake, stop = threading.Event(), threading.Event()
    watch = FolderWatch({"erp": here.out}, lambda _: wake.set())
    faults: list[BaseException] = []

    def take() -> None:
        try:
            while not stop.is_set():
                wake.clear()
                wait = here.step()
                wake.wait(0.2 if wait is None else min(wait, 0.2))
        except BaseException as error:  # noqa: BLE001 - it must reach the test
            faults.append(error)

    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, here.out, kind, str(seed), str(EACH), readiness], stdout=subprocess.PIPE
        )
        for seed, kind in enumerate(KINDS[readiness])
    ]
    watch.start()
    taking = threading.Thread(target=take)
    taking.start()
    try:
        ledger: list[tuple[str, str]] = []
        for program in programs:
            said, _ = program.communicate()
            assert program.returncode == 0
            ledger += [(name, sha256) for name, sha256 in (line.split() for line in said.decode().splitlines())]
        until(lambda: len(here.rows()) >= len(ledger) or bool(faults), "everything finished is taken", 60)
    finally:
        stop.set()
        taking.join()
        watch.stop()
    here.step()
    assert faults == []
    assert Counter((row.name, row.sha256) for row in here.rows()) == Counter(ledger)
    assert len(ledger) == EACH * len(KINDS[readiness])
    assert here.dropped() == here.claimed() == []
    here.close()
