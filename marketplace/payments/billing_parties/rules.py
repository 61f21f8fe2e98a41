"""Who is named on documents, and addresses as they print them. Pure."""

from dataclasses import asdict, dataclass

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_TAX_ID, LONGEST_REFERENCE = 120, 400, 40, 80
LONGEST_ADDRESS_LINES = 6


@dataclass(frozen=True)
class Named:
    """Who pays, as documents name them; `reference` is an order number of theirs, `email` where their copies go."""

    name: str = ""
    address: str = ""
    tax_id: str = ""
    reference: str = ""
    email: str = ""

    def as_row(self) -> dict[str, str]:
        """By the names of columns."""
        return asdict(self)


def lines_of_address(address: str) -> list[str]:
    """An address line by line, the empty ones left out."""
    return [line.strip() for line in address.splitlines() if line.strip()]
