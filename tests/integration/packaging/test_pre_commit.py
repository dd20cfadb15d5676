"""A commit is checked by what `make lint` runs, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML


def test_pre_commit_runs_the_lint_list_of_the_makefile(project: Path):
    makefile = (project / "Makefile").read_text()
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    linted = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    (repository,) = YAML(typ="safe").load(project / ".pre-commit-config.yaml")["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == linted
