"""Companies that do not exist: their SIREN begin with 000, a range that is never given out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or buyer."""

    name: str
    siret: str
    """14 digits, check digits right."""
    street: str
    postcode: str
    city: str
    email: str
    iban: str | None = None

    @property
    def siren(self) -> str:
        """The first nine digits of the SIRET."""
        return self.siret[:9]

    @property
    def vat(self) -> str:
        """The French VAT number that belongs to the SIREN (key: 12 + 3 x SIREN modulo 97, modulo 97)."""
        return f"FR{(12 + 3 * (int(self.siren) % 97)) % 97:02d}{self.siren}"


def fictional_siret(company: int, establishment: int = 1) -> str:
    """Return a SIRET with right check digits for the made-up `company` (1..99999) and its `establishment`."""
    siren = _with_check_digit(f"000{company:05d}")
    return _with_check_digit(f"{siren}{establishment:04d}")


def _with_check_digit(digits: str) -> str:
    """Append the Luhn digit (ISO/IEC 7812-1, annex B) to `digits`."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    total = sum(value // 10 + value % 10 for value in doubled)
    return f"{digits}{-total % 10}"


SELLER = Party(
    name="Ateliers Brindille SARL",
    siret=fictional_siret(10_842),
    street="4 chemin des Essais",
    postcode="35000",
    city="Rennes",
    email="facturation@brindille.example",
    iban="FR7630006000011234567890189",
)
BUYER = Party(
    name="Commune de Valmont-les-Essais",
    siret=fictional_siret(20_317),
    street="1 place de la Mairie",
    postcode="69001",
    city="Lyon",
    email="comptabilite@valmont.example",
)
CUSTOMER = Party(
    name="Minoterie du Bac a Sable SAS",
    siret=fictional_siret(30_564),
    street="12 quai des Moulins",
    postcode="33000",
    city="Bordeaux",
    email="achats@minoterie.example",
)
SUPPLIERS = (
    Party(
        name="Papeterie Nuage SAS",
        siret=fictional_siret(41_120),
        street="8 rue du Vent",
        postcode="44000",
        city="Nantes",
        email="compta@nuage.example",
        iban="FR7630006000011234567890189",
    ),
    Party(
        name="Transports Luciole SARL",
        siret=fictional_siret(42_905),
        street="30 avenue du Depart",
        postcode="59000",
        city="Lille",
        email="factures@luciole.example",
        iban="FR7630006000011234567890189",
    ),
    Party(
        name="Regie Grand Angle SA",
        siret=fictional_siret(43_771),
        street="2 boulevard des Ondes",
        postcode="75010",
        city="Paris",
        email="facturation@grandangle.example",
        iban="FR7630006000011234567890189",
    ),
)
