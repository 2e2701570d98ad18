"""How each file is prepared, in French: what it serves, what it needs before, what its columns take (R30, Art. 5-2).

The columns are those of the forms that read files; docs/fichiers holds the same pages.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.reference.table_forms import FileForm, SheetForm
from permanence.web.formats import typography

COMMON = (
    "Un classeur Excel (.xlsx), ou un fichier .csv quand il n’y a qu’un onglet. Pas de mot de passe, pas de .xls.",
    "Une ligne d’en-têtes dans les vingt premières lignes de l’onglet, puis une ligne par entrée.",
    "L’ordre des colonnes est libre. Leur nom peut être l’un de ceux qui sont dits « aussi reconnus ».",
    "Une colonne inconnue est signalée et n’est pas lue. Un onglet masqué non plus.",
    "Une ligne de total, une cellule fusionnée, une formule cassée sont signalées.",
    "Effacez la ligne d’exemple du modèle : laissée, elle est signalée.",
    "Les dates s’écrivent jj/mm/aaaa. Si Excel a enlevé le zéro d’un téléphone, il est proposé de le remettre.",
    "Tant qu’il reste un point à corriger, rien n’est importé.",
    "Chaque point dit l’onglet, la ligne, la colonne et ce qui a été lu ; le fichier corrigé se télécharge.",
    "Rien ne change avant l’accord d’une personne d’Habitat 70 ou d’un superviseur, qui lit ce que cela change.",
)
WHOLE = "Un onglet présent remplace tout ce qui était en vigueur de lui. Un onglet absent laisse ce qui l’est."


@dataclass(frozen=True)
class Preparing:
    """`serves` says what the file is for, `before` what it names and must be in force, `advice` what people ask."""

    serves: str
    before: str
    advice: tuple[str, ...] = ()
    sent: str = WHOLE


FILES: Mapping[str, Preparing] = {
    "annuaire": Preparing(
        serves="Le personnel d’Habitat 70, les élus et autorités, l’équipe de la permanence : qui peut être appelé.",
        before="Rien, c’est le premier fichier. Les agences sont celles du contrat.",
        advice=(
            "L’identifiant d’une personne ne change pas quand elle change de poste ou de numéro.",
            "Le planning et le patrimoine la nomment par lui : une personne qu’ils nomment ne peut pas être enlevée.",
        ),
    ),
    "entreprises": Preparing(
        serves="Les prestataires que l’astreinte appelle, leurs contrats, et les sociétés que le locataire appelle.",
        before="Rien. Une fois le patrimoine en vigueur, une résidence qu’il ne connaît pas est signalée.",
        advice=(
            "Deux numéros par prestataire : le second est appelé quand le premier ne répond pas.",
            "Le prestataire nommé sur l’immeuble passe d’abord, puis la zone la plus étroite, puis le rang.",
            "Quand un contrat finit, mettez sa date de fin et la ligne de celui qui le suit dans le même fichier.",
        ),
    ),
    "patrimoine": Preparing(
        serves="Les logements, leur adresse, leur agence et leur secteur ; par immeuble, ce qu’il faut savoir la nuit.",
        before="L’annuaire et les entreprises, pour les personnes et les prestataires que vous nommez.",
        advice=(
            "Envoyez tous les logements : un logement absent de l’onglet est enlevé, et c’est dit avant votre accord.",
            "Le secteur s’écrit comme dans le planning d’astreinte.",
        ),
    ),
    "planning": Preparing(
        serves="Qui est d’astreinte à chaque heure : technicien de chaque secteur, cadre, superviseur de permanence.",
        before="L’annuaire, où chaque personne a un numéro. Le patrimoine, pour les secteurs.",
        advice=(
            "La fin d’une astreinte est l’heure où commence la suivante : un trou ou un recouvrement est signalé.",
            "La nuit du passage à l’heure d’hiver a deux fois 2 h 30 : il est demandé laquelle.",
        ),
        sent="Les heures que le fichier nomme remplacent celles qui étaient prévues. Les autres restent.",
    ),
}
"""In the order of the first day."""


def keys_of(sheet: SheetForm) -> str:
    """What no two rows of a sheet share, in words; empty when nothing."""
    titles = {column.field: column.title for column in sheet.columns}
    named = [f"« {titles[field]} »" for field in sheet.keys if field in titles]
    if not named:
        return ""
    told = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} et {named[-1]}"
    return f"Deux lignes ne portent pas {'le même' if len(named) == 1 else 'ensemble les mêmes'} {told}."


def page_of(form: FileForm[Any]) -> str:
    """One page of docs/fichiers, in Markdown."""
    told = FILES[form.kind]
    lines = [f"# Préparer le fichier : {form.title}", "", told.serves, "", f"**Avant :** {told.before}", "", told.sent]
    lines += ["", *(f"- {advice}" for advice in told.advice)]
    for sheet in form.sheets:
        lines += ["", f"## Onglet « {sheet.title} »", "", *_told_once(keys_of(sheet))]
        lines += ["| Colonne | À remplir | Ce qu’on y met | Exemple | Aussi reconnue sous |", "|---|---|---|---|---|"]
        for column in sheet.columns:
            filled = "obligatoire" if column.required else "facultatif"
            cells = (column.title, filled, column.help, column.example, ", ".join(column.synonyms))
            lines.append(f"| {' | '.join(cells)} |")
    return _set([*lines, "", "Ce qui vaut pour tous les fichiers : [Préparer les fichiers](README.md)."])


def first_page(forms: Iterable[FileForm[Any]]) -> str:
    """What holds for every file, and the pages of each."""
    lines = ["# Préparer les fichiers", "", "Pour Habitat 70 : ce que l’article 5-2 demande, dans l’ordre où un"]
    lines[-1] += " système vide se remplit."
    lines += ["", *(f"{n}. [{form.title}]({form.kind}.md)" for n, form in enumerate(forms, start=1))]
    return _set([*lines, "", "## Pour tous", "", *(f"- {rule}" for rule in COMMON)])


def _told_once(words: str) -> tuple[str, ...]:
    return (words, "") if words else ()


def _set(lines: Iterable[str]) -> str:
    return typography("\n".join(lines)) + "\n"
