"""A téléconseiller, without a browser: her hands on the pages of the desk, her ear at her own phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.engine.provision import DEMO_USERS
from local.operator.views import CallView
from local.scenarios.telling import until
from local.scenarios.visitor import Visitor
from local.scenarios.world import LANDLORD, World
from permanence.domain.reference.patrimoine import Dwelling

PHONES = {user.email: user.phone_number for user in DEMO_USERS if user.phone_number}
BURST_PIPE = (
    ("danger", "non"),
    ("qui", "adresse_connue"),
    ("quoi", "logement"),
    ("logement", "eau"),
    ("eau", "coule_encore"),
)
"""Questions of the guide with their answers."""
ON_THE_DESK_S = 2.0


def call_in(world: World, caller: str) -> CallView:
    """A person calls Habitat 70 and is asked to wait."""
    call = world.operator.place_call(caller, world.outputs["numbers"][LANDLORD])
    return world.operator.wait_for_words(call.sid, "Restez en ligne")


@dataclass
class Agent:
    """`user` is one of the outputs; `desk` is where she is, and she is signed in once she came `on_duty`."""

    world: World
    user: dict[str, str]
    desk: Visitor

    @classmethod
    def on_duty(cls, world: World, user: dict[str, str]) -> "Agent":
        desk = Visitor(world.outputs["public_url"])
        return cls(world, user, desk.sign_in(user["email"], user["password"], user["totp_secret"]))

    @property
    def phone(self) -> str:
        return PHONES[self.user["email"]]

    def take(self, call: CallView) -> None:
        """The call shows on the desk within two seconds; she takes it, picks up her phone,
        presses 1, and both are in line."""
        operator = self.world.operator
        path = f"/desk/appels/{call.sid}/prendre"
        until(lambda: self.desk.open("/desk").offers(path), f"{call.sid} on the desk", ON_THE_DESK_S)
        self.desk.press("Prendre", to=path)
        operator.wait_for_ringing(self.phone)
        operator.answer(self.phone)
        operator.press(self.phone, "1")
        operator.wait_for_call(call.sid, lambda known: known.conference is not None, what="conference")
        until(lambda: self._talks_with(call), f"conversation of {call.sid}")
        self.go_back_to(call)

    def _talks_with(self, call: CallView) -> bool:
        """The provider has told us so."""
        record = self.world.calls.get(call.sid)
        return record is not None and bool(record.call.met)

    def go_back_to(self, call: CallView) -> None:
        self.desk.open(f"/desk/appels/{call.sid}")

    def walk_the_guide(self, path: Sequence[tuple[str, str]] = BURST_PIPE) -> None:
        for question, answer in path:
            self.desk.press("Valider", answer=answer)
            if self.desk.value("question") == question:
                raise AssertionError(f"the answer {answer} to {question} was not taken")

    def choose(self, typed: str, dwelling: Dwelling) -> None:
        self.desk.press("Chercher", q=typed)
        self.desk.press("Enregistrer", to="/fiche", dwelling=dwelling.dwelling_id)

    def send(self, **fields: str) -> None:
        """« Envoyer en intervention », with what the fiche says so far."""
        self.desk.press("Envoyer en intervention", **fields)

    def hang_up(self, call: CallView) -> None:
        self.go_back_to(call)
        self.desk.press("Raccrocher")
        self.world.operator.wait_for_end(call.sid)
        until(lambda: self._has_ended(call), "the end of the call at the desk")
        self.go_back_to(call)

    def _has_ended(self, call: CallView) -> bool:
        """The provider has told us so: only then can the fiche be closed."""
        record = self.world.calls.get(call.sid)
        return record is not None and record.call.ended_at is not None

    def close(self, last_name: str, first_name: str, description: str) -> None:
        """Fill in the fiche of the page and close it."""
        self.desk.press(
            "Enregistrer et clore",
            last_name=last_name,
            first_name=first_name,
            landline__absent="sans objet",
            mail__absent="refusé",
            description=description,
            follow_up="Entreprise appelée, l’appelant est prévenu par SMS.",
            answer_given="Robinet d’arrêt indiqué ; une entreprise est appelée.",
        )
