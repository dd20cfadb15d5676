"""What edid gave up on is listed in one place, and decided there."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.conftest import Edid


def ids(edid: Edid, company: Path, *options: str) -> dict[str, int]:
    return {row["what"]: row["id"] for row in edid("-c", company, "held", "list", *options, "-f", "json").json}


def test_flows_that_could_not_be_sent_or_understood_are_listed_with_their_cause(edid: Edid, busy: Path) -> None:
    rows = {row["what"]: row for row in edid("-c", busy, "held", "list", "-f", "json").json}
    assert set(rows) == {"flow to send", "received flow"}
    assert "the store has lost" in rows["flow to send"]["because"]
    assert rows["received flow"]["name"] == "strange"
    assert "the store has lost" in edid("-c", busy, "held", "list").out
    assert set(ids(edid, busy, "--sheet", "recepteur")) == {"received flow"}


def test_a_held_flow_is_shown_with_its_whole_story(edid: Edid, busy: Path) -> None:
    flow = ids(edid, busy)["flow to send"]
    story = edid("-c", busy, "held", "show", flow, "--flow").json
    assert [attempt["outcome"] for attempt in story["attempts"]] == ["permanent"]
    assert [event["name"] for event in story["events"]][-1] == "flow.permanent"
    refused = edid("-c", busy, "held", "show", "1", "--flow")
    assert (refused.code, "not held" in refused.err) == (1, True)


def test_a_held_flow_goes_back_in_the_queue(edid: Edid, busy: Path) -> None:
    flow = ids(edid, busy)["flow to send"]
    assert edid("-c", busy, "held", "release", flow, "--flow").code == 0
    assert set(ids(edid, busy)) == {"received flow"}
    assert edid("-c", busy, "flows", "show", flow).json["state"] == "ready"
    assert edid("-c", busy, "held", "release", flow, "--flow").code == 1
    assert edid("-c", busy, "held", "release", flow, "--flow", "--anyway", "why not").code == 2


def test_a_held_flow_is_given_up_with_a_reason(edid: Edid, busy: Path) -> None:
    assert edid("-c", busy, "held", "drop", ids(edid, busy)["flow to send"], "--flow").code == 2, "a reason is wanted"
    for what, flow in ids(edid, busy).items():
        said = edid("-c", busy, "held", "drop", flow, "--flow", "--reason", "agreed on the phone")
        assert said.code == 0, said.err
        assert f"flow {flow} was dropped; {int(what == 'flow to send')} document(s)" in said.out
    assert ids(edid, busy) == {}
    assert edid("-c", busy, "journal", "verify").code == 1, "the bytes that the store has lost are still missed"
