"""What the contractor reads: one page per state of the mission."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response

from permanence.application.dispatch.mission import LONGEST_NOTE, MissionView, Screen
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ReportResult
from permanence.web.formats import typography
from permanence.web.frame import HTML, security_headers, templates
from permanence.web.place_words import INSTRUCTION_WORDS

REASONS = ("Déjà en intervention", "Trop loin", "Pas dans mon contrat", "Autre raison")
ARRIVALS = ((15, "15 min"), (30, "30 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30"))
RESULTS = (
    (ReportResult.REALISEE, "Réalisée", "le problème est réglé"),
    (ReportResult.MISE_EN_SECURITE, "Mise en sécurité", "plus de danger, suite à prévoir"),
    (ReportResult.A_SUIVRE, "À suivre", "pièce ou autre passage"),
    (ReportResult.ACCES_IMPOSSIBLE, "Accès impossible", "porte close, personne absente"),
    (ReportResult.REPARATION_LOCATIVE, "Réparation locative", "à la charge de l’occupant"),
    (ReportResult.ANNULEE, "Annulée", "plus rien à faire"),
)
SIGNS = {
    "check": "M20 6 9 17l-5-5",
    "cross": "M18 6 6 18M6 6l12 12",
    "clock": "M12 6v6l4 2M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20",
    "phone": "M5 3h4l2 6-3 2a12 12 0 0 0 5 5l2-3 6 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2z",
}


class Pages:
    """Answers of the mission function; every page offers the desk's number."""

    def __init__(self, contract: Contract) -> None:
        self._environment = templates(Path(__file__).parent / "templates")
        self._common = {
            "landlord": typography(contract.landlord_name),
            "desk_line": contract.numbers.desk_line,
            "signs": SIGNS,
            "instruction_words": INSTRUCTION_WORDS,
            "view": None,
            "here": "",
        }
        # The address of the page is the key to the mission: no other site may learn it.
        self._headers = {**security_headers(), "Referrer-Policy": "no-referrer"}

    def mission(self, view: MissionView, here: str) -> Response[str]:
        """The page of the present state."""
        return self._page(f"{view.screen.value}.html", view=view, here=here, **_choices(view.screen))

    def decline(self, view: MissionView, here: str) -> Response[str]:
        """Refusing asks once more."""
        return self._page("decline.html", view=view, here=here, reasons=REASONS)

    def new_arrival(self, view: MissionView, here: str) -> Response[str]:
        return self._page("arrival.html", view=view, here=here, **_choices(Screen.ARRIVAL))

    def early_report(self, view: MissionView, here: str) -> Response[str]:
        """The report of someone who does not go after all."""
        return self._page("report.html", view=view, here=here, **_choices(Screen.REPORT))

    def arrival_missing(self, view: MissionView, here: str) -> Response[str]:
        choices = {**_choices(Screen.ARRIVAL), "missing": True}
        return self._page("arrival.html", HTTPStatus.UNPROCESSABLE_ENTITY, view=view, here=here, **choices)

    def result_missing(self, view: MissionView, here: str, typed: str) -> Response[str]:
        choices = {**_choices(Screen.REPORT), "missing": True, "typed": typed}
        return self._page("report.html", HTTPStatus.UNPROCESSABLE_ENTITY, view=view, here=here, **choices)

    def unknown(self) -> Response[str]:
        return self._notice(
            HTTPStatus.NOT_FOUND,
            "Ce lien ne mène à aucune mission",
            "Il manque peut-être une lettre : rouvrez le lien du SMS, ou appelez la permanence. Rien n’a été changé.",
        )

    def expired(self) -> Response[str]:
        return self._notice(
            HTTPStatus.GONE,
            "Ce lien ne sert plus",
            "Son temps est passé. Pour une mission en cours, ouvrez le dernier SMS ou appelez la permanence.",
        )

    def foreign(self) -> Response[str]:
        return self._notice(
            HTTPStatus.FORBIDDEN,
            "Cette demande ne vient pas de la page de la mission",
            "Rien n’a été changé. Rouvrez le lien du SMS.",
        )

    def malformed(self) -> Response[str]:
        return self._notice(
            HTTPStatus.BAD_REQUEST, "Cette demande n’a pas pu être lue", "Rien n’a été changé. Rouvrez le lien du SMS."
        )

    def failed(self) -> Response[str]:
        return self._notice(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "La page n’a pas pu être préparée",
            "Rien n’a été changé. Rechargez-la dans un instant, ou appelez la permanence.",
        )

    def not_recorded(self, here: str) -> Response[str]:
        """The commit failed: nothing may sound like an agreement."""
        return self._notice(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Votre réponse n’a pas pu être enregistrée",
            "Elle ne compte pas encore. Essayez de nouveau, ou appelez la permanence.",
            here=here,
        )

    def _notice(self, status: HTTPStatus, heading: str, words: str, here: str = "") -> Response[str]:
        return self._page("notice.html", status, heading=heading, words=words, here=here)

    def _page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response[str]:
        body = self._environment.get_template(template).render({**self._common, **values})
        return Response(int(status), HTML, body, dict(self._headers))


def _choices(screen: Screen) -> dict[str, Any]:
    if screen is Screen.ARRIVAL:
        return {"arrivals": ARRIVALS, "missing": False}
    if screen is Screen.REPORT:
        return {"results": RESULTS, "missing": False, "typed": "", "longest_note": LONGEST_NOTE}
    return {}
