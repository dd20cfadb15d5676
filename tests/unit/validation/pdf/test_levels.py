from __future__ import annotations

import pytest

from edid.validation.pdf.levels import Level, agree, is_extended_ctc_fr, of_claim, of_guideline

EN = "urn:cen.eu:en16931:2017"


@pytest.mark.parametrize(
    ("guideline", "level"),
    [
        ("urn:factur-x.eu:1p0:minimum", Level.MINIMUM),
        ("urn:factur-x.eu:1p0:basicwl", Level.BASIC_WL),
        (f"{EN}#compliant#urn:factur-x.eu:1p0:basic", Level.BASIC),
        (EN, Level.EN_16931),
        (f" {EN} ", Level.EN_16931),
        (f"{EN}#conformant#urn:factur-x.eu:1p0:extended", Level.EXTENDED),
        (f"{EN}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr", Level.EXTENDED),
        ("urn:zugferd.de:2p0:minimum", Level.MINIMUM),
        (f"{EN}#compliant#urn:zugferd.de:2p0:basic", Level.BASIC),
        (f"{EN}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", Level.XRECHNUNG),
        (f"{EN}#compliant#urn:xoev-de:kosit:standard:xrechnung_2.1", Level.XRECHNUNG),
        (f"{EN}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", None),
        ("urn:factur-x.eu:1p0:basicwl-and-more", None),
        ("urn:cen.eu:en16931:2030", None),
        ("", None),
        (None, None),
    ],
)
def test_a_guideline_names_a_profile(guideline, level):
    assert of_guideline(guideline) is level


@pytest.mark.parametrize(
    ("written", "level"),
    [
        *((str(level), level) for level in Level),
        ("EN16931", Level.EN_16931),
        ("Comfort", Level.EN_16931),
        ("basic-wl", Level.BASIC_WL),
        ("EXTENDED-CTC-FR", Level.EXTENDED),
        ("BASICS", None),
        ("", None),
    ],
)
def test_a_claim_means_a_profile_also_when_misspelt(written, level):
    assert of_claim(written) is level


def test_only_an_xrechnung_may_claim_another_profile():
    for claimed in Level:
        for stated in Level:
            allowed = claimed is stated or (claimed, stated) == (Level.EN_16931, Level.XRECHNUNG)
            assert agree(claimed, stated) is allowed


def test_the_french_profile_is_known_by_its_name():
    assert is_extended_ctc_fr(f"{EN}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr")
    assert not is_extended_ctc_fr(f"{EN}#conformant#urn:factur-x.eu:1p0:extended")
    assert not is_extended_ctc_fr(None)
