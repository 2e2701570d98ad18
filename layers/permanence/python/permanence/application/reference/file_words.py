"""What is said in French of a file that was sent: of each point, of each way out of it, and why it cannot be read.

First what was found, then, where it is not plain, what to do; never « erreur » or « faute » to who sends files.
"""

from collections.abc import Mapping

from permanence.domain.reference.table_matching import EMPTY, KEEP
from permanence.domain.reference.tables import Mistake, MistakeCode, UnreadableCode, Way

_MISTAKES: Mapping[str, str] = {
    MistakeCode.NO_HEADER: "Aucune ligne ne nomme les colonnes ; il faut au moins : {wanted}",
    MistakeCode.COLUMN_MISSING: "Il manque la colonne « {column} » : ajoutez-la, ou dites laquelle en tient lieu",
    MistakeCode.COLUMN_TWICE: "Deux colonnes pour « {column} », celle-ci et la {other} : gardez-en une",
    MistakeCode.SHEET_TWICE: "Cet onglet se lit comme l’onglet « {other} » : réunissez-les en un seul",
    MistakeCode.NO_ROWS: "Rien à lire ici : aucune ligne sous les titres des colonnes",
    MistakeCode.TOTAL: "C’est un total, pas une ligne à lire",
    MistakeCode.NOT_AN_ENTRY: "Cette ligne n’a presque rien : une remarque ?",
    MistakeCode.HEADER_AGAIN: "Les titres des colonnes sont répétés ici",
    MistakeCode.EXAMPLE_LEFT: "C’est la ligne d’exemple du modèle",
    MistakeCode.TWICE_THE_SAME: "Cette ligne est déjà à la ligne {line}, la même",
    MistakeCode.KEY_TWICE: "Déjà à la ligne {line} ; {column} : « {there} » d’un côté, « {here} » de l’autre",
    MistakeCode.MISSING: "Cette cellule est vide, il faut la remplir",
    MistakeCode.BROKEN_FORMULA: "Formule cassée",
    MistakeCode.NOT_COMPUTED: "Formule jamais calculée : écrivez la valeur, ou enregistrez le fichier dans Excel",
    MistakeCode.MERGED: "Cellules fusionnées : chaque ligne doit dire la sienne",
    MistakeCode.TOO_LONG: "Ce texte est trop long : {limit} caractères au plus",
    MistakeCode.BECAME_A_DATE: "Excel en a fait une date : mettez la colonne en « Texte » et écrivez-la de nouveau",
    MistakeCode.NOT_A_NUMBER: "Ce n’est pas un nombre",
    MistakeCode.NOT_WHOLE: "Il faut un nombre entier",
    MistakeCode.OUT_OF_BOUNDS: "Il faut un nombre de {least} à {most}",
    MistakeCode.LETTER_FOR_DIGIT: "Une lettre à la place d’un chiffre",
    MistakeCode.ZEROS_LOST: "Moins de {width} chiffres : Excel a ôté les zéros du début",
    MistakeCode.NOT_AN_IDENTIFIER: "Un nombre à virgule n’est pas un code",
    MistakeCode.ZERO_LOST: "9 chiffres : Excel a ôté le zéro",
    MistakeCode.TWO_NUMBERS: "Plusieurs numéros dans une cellule : un seul peut être appelé",
    MistakeCode.NOT_A_PHONE: "Ce n’est pas un numéro de téléphone complet",
    MistakeCode.NOT_A_POSTCODE: "Un code postal a cinq chiffres",
    MistakeCode.NOT_A_MAIL: "Ce n’est pas une adresse de courriel",
    MistakeCode.NOT_A_DATE: "Ce n’est pas une date : écrivez-la 31/12/2027",
    MistakeCode.NO_SUCH_DAY: "Cette date n’existe pas",
    MistakeCode.CENTURY: "Cette date est hors du temps : il faut une année de {least} à {most}",
    MistakeCode.SHORT_YEAR: "L’année n’a que deux chiffres",
    MistakeCode.A_SERIAL: "C’est le nombre qu’Excel garde d’une date",
    MistakeCode.NO_CLOCK: "Il manque l’heure",
    MistakeCode.NOT_A_TIME: "Ce n’est pas une heure : écrivez-la 8 h 30",
    MistakeCode.HOUR_TWICE: "Cette nuit-là, cette heure vient deux fois : laquelle ?",
    MistakeCode.NO_SUCH_HOUR: "Cette nuit-là, cette heure n’existe pas : on avance d’une heure",
    MistakeCode.NOT_YES_OR_NO: "Il faut oui ou non",
    MistakeCode.UNKNOWN_NAME: "Ce nom n’est pas connu",
    MistakeCode.NAME_OF_MANY: "Plusieurs portent ce nom : lequel ?",
    MistakeCode.UNKNOWN_REFERENCE: "Absent de « {sheet} »",
    MistakeCode.ENDS_BEFORE_START: "La fin vient avant le début",
    MistakeCode.OVERLAP: "Se recoupe avec la ligne {line}",
    MistakeCode.NEAR_ANOTHER: "À une lettre près, c’est « {other} »",
}
_BARE_KEY_TWICE = "Déjà à la ligne {line}"

_REASONS: Mapping[str, str] = {
    "nearest": "le nom le plus proche",
    "in_force": "ce qui est en vigueur",
    "end_of_month": "fin du mois",
    "swapped": "jour et mois échangés",
    "merged": "ce que montrent les cellules fusionnées",
    "summer": "la première, à l’heure d’été",
    "winter": "la seconde, à l’heure d’hiver",
    "confirmed": "c’est bien écrit ainsi",
}

_UNREADABLE: Mapping[UnreadableCode, str] = {
    UnreadableCode.EMPTY: "Ce fichier est vide : vérifiez que c’est le bon",
    UnreadableCode.NOT_A_TABLE: "Ce n’est ni un fichier Excel ni un CSV : enregistrez le tableau en .xlsx",
    UnreadableCode.OLD_EXCEL: "C’est un ancien format d’Excel : enregistrez le fichier en .xlsx",
    UnreadableCode.ENCRYPTED: "Ce fichier s’ouvre avec un mot de passe : ôtez-le dans Excel",
    UnreadableCode.BROKEN: "Ce fichier est abîmé : ouvrez-le dans Excel et enregistrez-le sous un autre nom",
    UnreadableCode.TOO_LARGE: "Ce fichier pèse {size} Mo, et {limit} au plus sont lus : envoyez-le en plusieurs fois",
    UnreadableCode.SWOLLEN: "Ce fichier se déplie en bien plus qu’un tableau : copiez les lignes dans un classeur neuf",
    UnreadableCode.TOO_MANY_SHEETS: "Ce fichier a {count} onglets, et {limit} au plus sont lus : gardez ceux du modèle",
    UnreadableCode.TOO_MANY_ROWS: "L’onglet « {sheet} » a plus de {limit} lignes : partagez-le en plusieurs fichiers",
    UnreadableCode.TOO_MANY_COLUMNS: "L’onglet « {sheet} » a plus de {limit} colonnes, ligne {line} : ôtez les autres",
    UnreadableCode.BINARY: "La ligne {line} n’est pas du texte : enregistrez le tableau en .xlsx",
    UnreadableCode.QUOTES: "Un guillemet ouvert n’est pas refermé, ligne {line} ou après : corrigez-la",
}
_MEGABYTE = 2**20


def mistake_sentence(mistake: Mistake) -> str:
    """Why, without what was read, nor where."""
    if mistake.code == MistakeCode.KEY_TWICE and "column" not in mistake.detail:
        return _BARE_KEY_TWICE.format(**mistake.detail)
    return _MISTAKES[mistake.code].format(**mistake.detail)


def way_words(mistake: Mistake, way: Way) -> tuple[str, str]:
    """What this way out would do, and whence it comes; the second may be empty."""
    if way.value is not None and way.reason in (KEEP, EMPTY):
        return ("Garder ce qui est en vigueur" if way.reason == KEEP else "Tout retirer de cet onglet", "")
    if way.value is not None:
        return way.value, _REASONS.get(way.reason, "")
    if len(mistake.ways) == 1:
        return "Laisser cette ligne", ""
    first = int(mistake.detail["line"])
    kept = first if mistake.line in way.leaves_out else mistake.line
    return f"Garder la ligne {kept}", ""


def unreadable_sentence(code: str, detail: Mapping[str, str]) -> str:
    """Why a file cannot be read at all, and what to do before it is sent again."""
    told = dict(detail)
    if code == UnreadableCode.TOO_LARGE:
        told = {name: str(round(int(size) / _MEGABYTE)) for name, size in detail.items()}
    return _UNREADABLE[UnreadableCode(code)].format(**told)
