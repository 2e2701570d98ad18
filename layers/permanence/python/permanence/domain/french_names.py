"""How a small word stands before a name in French: « d’Hélène », « de Gray », « du Magny », « qu’Élec Gray »."""

import re
import unicodedata

# Where French elides before h; before any other h (Haute-Saône, Hassan, huit) it does not.
_MUTE_H = (
    r"h(?:abi(?!b)|adri|armon|eb(?:d|er)|ect|el[eio]|emi|emo|enri|er(?:b|c|ed|ic|it|m|v)|eure|ibern|ier|il[ad]|ipp?o"
    r"|irond|ist|iv|om(?!ard)|on[no]|opi|or[ailmort]|osp|ote|ube|ug[iou]|ui(?:l|s|tr)|um|ure|y)"
)
# Yvonne and Yerres elide, Yann does not; neither do Ouahid, onze and oui.
_VOWEL = r"(?:[aei]|o(?!nze\b|u[ai])|u(?!hlan)|y(?![aeiou])|y(?:onne|erres)\b)"
_ELIDES = re.compile(rf"{_VOWEL}|{_MUTE_H}")
_ARTICLE = re.compile(r"(les?) (?=\S)", re.IGNORECASE)


def elided(word: str, name: str) -> str:
    """`word` (de, que, le) before a name: ``d’Héricourt``, ``de Haute-Saône``, ``qu’Alice``."""
    name = name.strip()
    return f"{word[:-1]}’{name}" if _ELIDES.match(_plain(name)) else f"{word} {name}"


def of_name(name: str) -> str:
    """de before a person, a company, a month: ``d’Hélène``, ``d’Élec Gray``, ``de novembre``."""
    return elided("de", name)


def of_place(place: str) -> str:
    """de before a commune, with its article: ``d’Héricourt``, ``du Magny``, ``des Fessey``, ``de La Voivre``."""
    return _contracted(place, "du", "des") or elided("de", place)


def at_place(place: str) -> str:
    """à before a commune: ``à Vesoul``, ``au Magny``, ``aux Fessey``, ``à La Voivre``."""
    return _contracted(place, "au", "aux") or f"à {place.strip()}"


def _contracted(place: str, singular: str, plural: str) -> str:
    article = _ARTICLE.match(place.strip())
    if article is None:
        return ""
    return f"{plural if article[1].casefold() == 'les' else singular} {place.strip()[article.end() :]}"


def _plain(name: str) -> str:
    """Without capitals and accents; œ and æ begin with the vowel they are written with."""
    bare = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
