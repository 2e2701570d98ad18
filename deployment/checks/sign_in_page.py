"""The sign-in page as a browser asks for it: DNS, certificate, gateway, function, static files."""

import re
from http import HTTPStatus

import httpx

from deployment.finding import AWS, Finding

_TITLE = "<title>Connexion – Permanence</title>"
_STYLESHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


def sign_in_findings(http: httpx.Client, base_url: str, prefix: str, host_target: str) -> list[Finding]:
    """`base_url` is the one address of desk, extranet and webhooks; `host_target` what its name is to lead to."""
    log = f"{AWS} logs tail /aws/lambda/{prefix}-sign-in --since 15m"
    try:
        page = http.get(f"{base_url}/connexion")
        if page.status_code != HTTPStatus.OK:
            return [Finding(f"The sign-in page answers {page.status_code}.", log)]
        if _TITLE not in page.text:
            return [Finding(f"What answers at {base_url} is not our sign-in page.", _dns(base_url, host_target))]
        found = _STYLESHEET.search(page.text)
        if found is None:
            return [Finding("The sign-in page names no stylesheet.", log)]
        style = http.get(str(page.url.join(found[1])))
    except httpx.HTTPError as error:
        return [Finding(f"{base_url} cannot be reached: {error}.", _dns(base_url, host_target))]
    if style.status_code != HTTPStatus.OK or not style.headers.get("content-type", "").startswith("text/css"):
        return [Finding(f"The sign-in page has no style: {found[1]} answers {style.status_code}.", log)]
    return []


def closed_findings(http: httpx.Client, api: str) -> list[Finding]:
    """`api` is the gateway's own address: behind the host it is closed (R75). Only the gateway's refusal proves it."""
    try:
        answer = http.get(f"{api}/connexion")
    except httpx.HTTPError as error:
        says = f"Whether the gateway's own address {api} is closed is not known: it cannot be reached ({error})."
        return [Finding(says, "make check-deployed STAGE=…    (from a network that reaches it)", stops=False)]
    if answer.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return []
    return [Finding(f"The gateway's own address {api} is open: a second door beside the host.", "make deploy STAGE=…")]


def _dns(base_url: str, host_target: str) -> str:
    host = base_url.partition("://")[2]
    return f"DNS: {host} CNAME {host_target}    (at the apex of a zone: an alias record, README)"
