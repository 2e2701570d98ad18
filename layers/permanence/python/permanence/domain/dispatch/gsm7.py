"""The alphabet of a short message: 160 septets in GSM-7; one character outside it, and only 70 fit (3GPP TS 23.038)."""

import unicodedata

SEPTETS_PER_MESSAGE = 160

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_NEAREST = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "\u2010": "-",
        "\u2011": "-",
        "…": "...",
        "·": "-",
        "œ": "oe",
        "Œ": "OE",
        "ç": "c",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
    }
)


def septets(text: str) -> int | None:
    """How many septets a text takes in GSM-7 (a character of the extension table takes two), None if it does not fit
    the alphabet."""
    total = 0
    for character in text:
        if character in _BASIC:
            total += 1
        elif character in _EXTENSION:
            total += 2
        else:
            return None
    return total


def to_gsm7(text: str) -> str:
    """The nearest text in the GSM-7 alphabet: ê → e, ç → c, œ → oe, ’ → '; what has no neighbour is left out."""
    return "".join(_nearest(character) for character in unicodedata.normalize("NFC", text.translate(_NEAREST)))


def _nearest(character: str) -> str:
    if character in _BASIC or character in _EXTENSION:
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return "".join(c for c in base if c in _BASIC or c in _EXTENSION)
