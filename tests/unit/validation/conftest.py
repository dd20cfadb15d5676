"""Messages of Chorus Pro made in code, with every optional branch, seeded ways to break a document, and a judge."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date

import pytest
from lxml import etree

from edid.sandbox.invoices import cii_invoice, factur_x, ubl_credit_note, ubl_invoice
from tests.unit.validation.bench import Bench

XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

ENVELOPE = """<Enveloppe><EnveloppeUnitaire NumOrdre="1"><Parametres>
<ParametreIndiv NumOrdre="0001"><Code>DtPrd</Code><Valeurparametre>2026-11-23</Valeurparametre><Note/></ParametreIndiv>
<ParametreIndiv NumOrdre="0002"><Code>IdFlx</Code><Valeurparametre>CPP001_0001</Valeurparametre></ParametreIndiv>
</Parametres><Partenaires><Recepteur><Id>SEI001</Id><Libelle>Recepteur</Libelle><Note>n</Note></Recepteur>
<Emetteur><Id>CPP001</Id></Emetteur></Partenaires></EnveloppeUnitaire></Enveloppe>"""

FLOW_STATUS = f"""<CPPStatut Version="V1_19">{ENVELOPE}<CPPFluxStatuts compteur="2">
<CPPFluxStatutUnitaire NumOrdre="1"><DonneesStatut><IdStatut>93</IdStatut><ComplementStatut>Erreur</ComplementStatut>
<Commentaire>c</Commentaire><Note>n</Note><Horodatage>2026-11-23T08:00:00.000+01:00</Horodatage>
<IdProducteur>CPP00001</IdProducteur><Producteur/><IdFlux>AAA123</IdFlux><Details NbLignesErreur="1">
<LigneErreurDetail IdLigne="1"><NatureErreur>T</NatureErreur><CodeErreur>IRR</CodeErreur>
<LibelleErreur>l</LibelleErreur><DescriptionErreur>d</DescriptionErreur></LigneErreurDetail></Details></DonneesStatut>
</CPPFluxStatutUnitaire><CPPFluxStatutUnitaire><DonneesStatut><IdStatut>90</IdStatut>
<Horodatage>2026-11-23T08:00:00</Horodatage><IdFlux>B</IdFlux></DonneesStatut></CPPFluxStatutUnitaire>
</CPPFluxStatuts></CPPStatut>"""

INVOICE_STATUS = f"""<CPPStatut Version="V1_19">{ENVELOPE}<CPPFactureStatuts compteur="1">
<CPPFactureStatutUnitaire NumOrdre="1"><Fournisseur><TypeIdentifiant>1</TypeIdentifiant>
<Identifiant>12345678200002</Identifiant><RaisonSociale>Nous</RaisonSociale><CodePays>FR</CodePays></Fournisseur>
<Debiteur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>11000201100044</Identifiant><Nom>Etat</Nom>
<CodeService>S1</CodeService><NomService>Service</NomService></Debiteur><DonneesStatut><IdStatut>07</IdStatut>
<ComplementStatut>Service fait</ComplementStatut><Commentaire>c</Commentaire>
<Horodatage>2026-11-23T08:00:00Z</Horodatage><Producteur Id="CPP"/><IdFacture>F1</IdFacture>
<DateFacture>2026-11-20</DateFacture><IdMandatDP>M1</IdMandatDP>
</DonneesStatut></CPPFactureStatutUnitaire></CPPFactureStatuts></CPPStatut>"""

PIVOT = f"""<CPPFacturePivot Version="V2_02" xmlns:xs="{XS}" xmlns:xsi="{XSI}">{ENVELOPE}<CPPFactures Compteur="1">
<CPPFacturePivotUnitaire NumOrdre="1"><Fournisseur><TypeIdentifiant>1</TypeIdentifiant>
<Identifiant xsi:type="xs:string">12345678200002</Identifiant><RaisonSociale xsi:type="xs:string">Nous</RaisonSociale>
<CodePays>FR</CodePays><ReferenceBancaire Type="IBAN"><Compte>FR76</Compte><Etablissement>B</Etablissement>
<RaisonSocialeEncaisseur>Nous</RaisonSocialeEncaisseur></ReferenceBancaire><ModeEmission>num\u00e9risation</ModeEmission>
</Fournisseur><Debiteur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>11000201100044</Identifiant>
<Nom xsi:type="xs:string">Etat</Nom><CodeService>S1</CodeService><NomService>Service</NomService></Debiteur>
<DonneesFacture><Id>F1</Id><IdCPRO>12</IdCPRO><Renvoi>Compl\u00e9t\u00e9e</Renvoi><IdFactureOrigine>F0</IdFactureOrigine>
<Type>381</Type><Cadre>A10</Cadre><DateEmissionFacture>2026-11-01</DateEmissionFacture>
<DateLivraison>2026-10-31</DateLivraison><ModePaiement><Code>42</Code><Libelle>Virement</Libelle></ModePaiement>
<DateReception>2026-11-02</DateReception><DateMiseADispositionMOE>2026-11-03</DateMiseADispositionMOE>
<Devise>EUR</Devise><Montants><MontantHT>100.00</MontantHT><MontantTTC>120.00</MontantTTC>
<MontantNetAPayer>120</MontantNetAPayer></Montants><TVAs><TVA><Taux>20</Taux><BaseHt>100</BaseHt>
<MontantTVA>20</MontantTVA></TVA></TVAs><Engagement><NumeroMarche>M</NumeroMarche>
<NumeroEngagement>E</NumeroEngagement></Engagement><Lignes><Ligne NumOrdre="1"><ReferenceProduit>R</ReferenceProduit>
<PrixUnitaire>10</PrixUnitaire><Quantite>10</Quantite><MontantHT>100</MontantHT><TauxTVA>20</TauxTVA></Ligne></Lignes>
</DonneesFacture><PJ NumOrdre="1"><IdUnique>1</IdUnique><IdOriginal>2</IdOriginal><Contenu>QUJD</Contenu>
<NomPJ>F1.pdf</NomPJ><NomPJOrigine>F1.pdf</NomPJOrigine><CategoriePJ>Facture PDF</CategoriePJ><TypePJ>01</TypePJ>
<MimeTypePJ xsi:type="xs:string">application/pdf</MimeTypePJ></PJ><CycleDeValidation><ValidationUnitaire>
<DateStatut>2026-11-02</DateStatut><CodeStatut>13</CodeStatut><ComplementStatut>Valide</ComplementStatut>
<Commentaire>c</Commentaire><ProducteurStatut><TypeIdentifiant>1</TypeIdentifiant><Id>12345678200002</Id>
<RaisonSociale>Titulaire</RaisonSociale><CodePays>FR</CodePays><Note>n</Note></ProducteurStatut></ValidationUnitaire>
</CycleDeValidation></CPPFacturePivotUnitaire></CPPFactures></CPPFacturePivot>"""

_CDAR = "urn:un:unece:uncefact:data:standard:"
LIFECYCLE = f"""<rsm:CrossDomainAcknowledgementAndResponse
 xmlns:rsm="{_CDAR}CrossDomainAcknowledgementAndResponse:100" xmlns:qdt="{_CDAR}QualifiedDataType:100"
 xmlns:ram="{_CDAR}ReusableAggregateBusinessInformationEntity:100" xmlns:udt="{_CDAR}UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:BusinessProcessSpecifiedDocumentContextParameter><ram:ID>REGULATED</ram:ID>
</ram:BusinessProcessSpecifiedDocumentContextParameter><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>urn.cpro.gouv.fr:1p0:CDV:invoice</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
</rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>F-2026-1_202</ram:ID><ram:Name>F-2026-1</ram:Name>
<ram:IssueDateTime><udt:DateTimeString format="204">20260902101500</udt:DateTimeString></ram:IssueDateTime>
<ram:SenderTradeParty><ram:RoleCode>WK</ram:RoleCode></ram:SenderTradeParty>
<ram:IssuerTradeParty><ram:RoleCode>WK</ram:RoleCode></ram:IssuerTradeParty>
<ram:RecipientTradeParty><ram:GlobalID schemeID="0002">123456782</ram:GlobalID><ram:RoleCode>SE</ram:RoleCode>
<ram:URIUniversalCommunication><ram:URIID schemeID="0225">123456782_STATUTS</ram:URIID></ram:URIUniversalCommunication>
</ram:RecipientTradeParty></rsm:ExchangedDocument><rsm:AcknowledgementDocument>
<ram:MultipleReferencesIndicator><udt:Indicator>false</udt:Indicator></ram:MultipleReferencesIndicator>
<ram:TypeCode>305</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="204">20260902101000</udt:DateTimeString>
</ram:IssueDateTime><ram:ReferenceReferencedDocument><ram:IssuerAssignedID>F-2026-1</ram:IssuerAssignedID>
<ram:StatusCode>43</ram:StatusCode><ram:TypeCode>380</ram:TypeCode>
<ram:ReceiptDateTime><udt:DateTimeString format="204">20260902101000</udt:DateTimeString></ram:ReceiptDateTime>
<ram:FormattedIssueDateTime><qdt:DateTimeString format="102">20260901</qdt:DateTimeString></ram:FormattedIssueDateTime>
<ram:ProcessConditionCode>202</ram:ProcessConditionCode><ram:ProcessCondition>Re\u00e7ue</ram:ProcessCondition>
<ram:IssuerTradeParty><ram:GlobalID schemeID="0002">123456782</ram:GlobalID></ram:IssuerTradeParty>
</ram:ReferenceReferencedDocument></rsm:AcknowledgementDocument></rsm:CrossDomainAcknowledgementAndResponse>"""

_ADDED_IN_2022 = ("IdCPRO", "Renvoi", "DateLivraison", "DateMiseADispositionMOE", "NomPJOrigine", "CategoriePJ")


@pytest.fixture(scope="session")
def messages() -> dict[str, etree._Element]:
    """Full documents, by name: flow-status, invoice-status, pivot, old-pivot. Copy before changing."""
    old = etree.fromstring(PIVOT)
    old.set("Version", "V1_22")
    etree.strip_elements(old, *_ADDED_IN_2022, with_tail=False)
    return {
        "flow-status": etree.fromstring(FLOW_STATUS),
        "invoice-status": etree.fromstring(INVOICE_STATUS),
        "pivot": etree.fromstring(PIVOT),
        "old-pivot": old,
    }


_LENGTHS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 14, 15, 19, 20, 21, 39, 40, 41, 49, 50, 51, 99, 100, 101)
_VALUES = (
    *("0", "1", "01", "001", "+1", "-1", "-0", "6", "7", "8", "10", "11", "12", "31", "41", "041", "42", "43", "89"),
    *("90", "96", "97", "380", "381", "382", "1.5", "1,5", ".5", "1E3", "NaN", "", " ", "A1", "A11", "A21", "A25"),
    *("A26", "a1", "A01", "EUR", "eur", "EURO", "FR", "flux", "saisie", "PDF", "pdf", "num\u00e9risation"),
    *("numerisation", "Non", "Compl\u00e9t\u00e9e", "Recyclee", "02", "IBAN", "RIB", "0001", "00001", "2026-02-29"),
    *(
        "2028-02-29",
        "2026-11-23Z",
        "2026-11-23T08:00:00",
        "2026-11-23T24:00:00",
        "23/11/2026",
        "true",
        "\u00e9\U0001f600",
    ),
)
_TYPES = ("string", "token", "date", "dateTime", "integer", "nonNegativeInteger", "decimal", "anyType", "Absent")
_ATTRIBUTES = ("NumOrdre", "Version", "compteur", "Compteur", "Id", "IdLigne", "Type", "NbLignesErreur", "autre")


def _value(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return "x" * rng.choice(_LENGTHS)
    return rng.choice(_VALUES)


def _delete(node: etree._Element, rng: random.Random) -> None:
    node.getparent().remove(node)


def _duplicate(node: etree._Element, rng: random.Random) -> None:
    node.addnext(deepcopy(node))


def _swap(node: etree._Element, rng: random.Random) -> None:
    siblings = list(node.getparent())
    other = rng.choice(siblings)
    parent, here, there = node.getparent(), siblings.index(node), siblings.index(other)
    siblings[here], siblings[there] = siblings[there], siblings[here]
    parent[:] = siblings


def _rename(node: etree._Element, rng: random.Random) -> None:
    names = sorted({each.tag for each in node.getroottree().iter("*")})
    node.tag = rng.choice([*names, "Inconnu", "{urn:autre}" + node.tag])


def _text(node: etree._Element, rng: random.Random) -> None:
    node.text = _value(rng)


def _pad(node: etree._Element, rng: random.Random) -> None:
    node.text = rng.choice((" ", "\n\t", "  ")) + (node.text or "") + rng.choice(("", " "))


def _set_attribute(node: etree._Element, rng: random.Random) -> None:
    node.set(rng.choice([*_ATTRIBUTES, *node.attrib]), _value(rng))


def _drop_attribute(node: etree._Element, rng: random.Random) -> None:
    for name in list(node.attrib):
        del node.attrib[name]


def _type(node: etree._Element, rng: random.Random) -> None:
    node.set(f"{{{XSI}}}type", "xs:" + rng.choice(_TYPES))


def _nil(node: etree._Element, rng: random.Random) -> None:
    node.set(f"{{{XSI}}}nil", rng.choice(("true", "false")))


def _child(node: etree._Element, rng: random.Random) -> None:
    node.insert(rng.randint(0, len(node)), rng.choice((etree.Element("Inconnu"), etree.Comment("c"), etree.PI("p"))))


_MUTATIONS = (
    *(_delete, _duplicate, _swap, _rename, _text, _text, _text, _text, _pad),
    *(_set_attribute, _set_attribute, _drop_attribute, _type, _nil, _child),
)


@pytest.fixture(scope="session")
def mutate() -> Callable[[etree._Element, random.Random], etree._ElementTree]:
    """A copy of a document with one to three random changes. The root stays: it decides the schema."""

    def _mutate(root: etree._Element, rng: random.Random) -> etree._ElementTree:
        copy = etree.Element(root.tag, dict(root.attrib), nsmap={**root.nsmap, "xs": XS, "xsi": XSI})
        copy.text = root.text
        copy.extend(deepcopy(list(root)))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if nodes := list(copy.iterdescendants("*")):
                rng.choice(_MUTATIONS)(rng.choice(nodes), rng)
        return etree.ElementTree(copy)

    return _mutate


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A judge process that all tests share: rules stay compiled."""
    shared = Bench(tmp_path_factory.mktemp("bench"))
    with shared.pool:
        yield shared


@pytest.fixture(scope="session")
def sound() -> dict[str, bytes]:
    """Invoices and a lifecycle message without fault for the approved platforms, by syntax."""
    issued = date(2026, 9, 1)
    return {
        "ubl": ubl_invoice("F-2026-1", issued, frame="B1"),
        "credit note": ubl_credit_note("A-2026-1", issued, credit_of="F-2026-1", frame="B1"),
        "cii": cii_invoice("F-2026-1", issued, frame="B1"),
        "factur-x": factur_x("F-2026-1", issued, frame="B1"),
        "cdar": LIFECYCLE.encode(),
    }
