"""Why a mail was kept apart, in French, and what to do about it."""

from collections.abc import Mapping

from permanence.domain.reference.received_mail import Apart

WHY: Mapping[Apart, tuple[str, str]] = {
    Apart.UNREADABLE: ("Il ne se laisse pas ouvrir", "Demandez qu’il soit renvoyé, le fichier en pièce jointe."),
    Apart.SEVERAL_SENDERS: ("Il ne nomme pas un expéditeur et un seul", "N’y donnez pas suite."),
    Apart.UNKNOWN_SENDER: (
        "On n’accepte pas de fichiers de cette adresse",
        "Si elle doit l’être, ajoutez-la dans « Listes de diffusion et numéros », puis demandez un nouvel envoi.",
    ),
    Apart.NOT_CHECKED: ("On n’a pas pu vérifier qui l’envoie", "Demandez qu’il soit renvoyé."),
    Apart.FORGED: (
        "Il ne vient pas du domaine qu’il annonce",
        "N’y donnez pas suite : quelqu’un se fait peut-être passer pour cette personne. Prévenez-la.",
    ),
    Apart.UNPROTECTED: (
        "Rien ne dit quels courriels de ce domaine sont vrais",
        "Son service informatique peut publier une règle DMARC. D’ici là, le fichier se dépose sur une page.",
    ),
    Apart.INFECTED: ("L’antivirus y a trouvé quelque chose", "Prévenez l’expéditeur et son service informatique."),
    Apart.AUTOMATIC: ("Une machine l’a écrit, une réponse d’absence par exemple", "Rien à faire."),
    Apart.NOTHING_ATTACHED: ("Une réponse sans fichier joint", "Rien à faire."),
}
"""The fact, then what follows."""
