"""Which versions of living documents must not be kept any longer (R70)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from permanence.domain.contract import RetentionTerms
from permanence.domain.instants import midnight, paris_day
from permanence.domain.privacy.retention import purge_stamp
from permanence.domain.reference.documents import Timetable, Version, VersionState


def due_versions(
    versions: Collection[Version], timetable: Timetable, terms: RetentionTerms, now: datetime
) -> Sequence[Version]:
    """Those that have been out of force for as long as the contract keeps anything, the oldest first; one that never
    was in force counts from its proposal. What is in force or to come never is, nor the newest once it is emptied."""
    stays = {timetable.at(now), timetable.to_come(now)}
    newest = max((version.number for version in versions), default=None)
    ended = _ends(versions)
    return [
        version
        for version in sorted(versions, key=lambda one: one.number)
        if version.number not in stays
        and not (version.number == newest and is_emptied(version))
        and purge_stamp(ended.get(version.number, version.proposed_at), terms).is_due(now)
    ]


def kept_from(terms: RetentionTerms, now: datetime) -> datetime:
    """What ended before this instant (UTC) must be gone."""
    return midnight(paris_day(now) - timedelta(days=terms.items - 1))


def emptied(version: Version) -> Version:
    """What may be left of a version: that its number was given, and to nobody any more."""
    return replace(
        version,
        state=VersionState.WITHDRAWN,
        proposed_by="",
        approved_by=None,
        in_force_from=None,
        approval=None,
        counts={},
        points=(),
        effects=(),
        import_id=None,
        changes=version.changes + 1,
    )


def is_emptied(version: Version) -> bool:
    return version.state is VersionState.WITHDRAWN and not version.proposed_by


def without_old_words(version: Version, terms: RetentionTerms, now: datetime) -> Version:
    """Without what checks said of people when it was proposed, once that was long ago."""
    is_old = purge_stamp(version.proposed_at, terms).is_due(now)
    return replace(version, points=(), effects=()) if is_old else version


def _ends(versions: Collection[Version]) -> dict[int, datetime]:
    """When those that were in force were followed by another one, by their numbers."""
    in_force = sorted(
        (version.in_force_from, version.approval, version.number)
        for version in versions
        if version.state is VersionState.APPROVED and version.in_force_from is not None and version.approval is not None
    )
    return {number: start for (_, _, number), (start, _, _) in pairwise(in_force)}
