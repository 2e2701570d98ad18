"""What an authenticator needs to know: the secret, as a QR code drawn here and as text to type."""

from urllib.parse import quote, urlencode

from markupsafe import Markup

ISSUER = "Permanence"


def enrolment_address(secret: str, label: str) -> str:
    """The address that authenticators read (Key URI format); `label` tells accounts apart on the telephone."""
    return f"otpauth://totp/{quote(f'{ISSUER}:{label}')}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def qr_drawing(text: str) -> Markup:
    """SVG with attributes only, as the CSP asks; black on white whatever the theme, as cameras read best."""
    import segno  # noqa: PLC0415  (needed once in the life of an account, too slow for every cold start)

    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff", border=4)
    return Markup(drawn)  # noqa: S704  (paths only: no text of ours is in the drawing)


def in_fours(secret: str) -> tuple[str, ...]:
    """Groups of four, to be typed by hand."""
    return tuple(secret[start : start + 4] for start in range(0, len(secret), 4))
