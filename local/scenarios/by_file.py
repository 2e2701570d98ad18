"""A document as Habitat 70 sends it: a workbook, kept, read by the function of files, approved (R30)."""

from typing import Any

from local.scenarios.telling import until
from local.scenarios.world import LOADER, World
from permanence.adapters.excel.forms import write_body
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.importing import Receiving
from permanence.domain.reference.documents import Kind
from permanence.domain.reference.imports import ImportState, Origin


class NotUnderstood(Exception):
    """A made-up file in which there is something to mend."""


def put_in_force_by_file(world: World, kind: Kind[Any], body: Any) -> None:
    """Unless what is in force says the same."""
    now = world.now()
    *_, circumstances = world.deciding.looked_at(kind, now)
    form = FORMS[kind.name](circumstances)
    receiving = Receiving(world.imports, world.import_files, world.files_to_read, world.register)
    content = write_body(form, body, now)
    sent = receiving.receive(content, f"{kind.name}.xlsx", LOADER.user_id, Origin.PAGE, now, kind.name)
    until(lambda: not world.imports.get(sent.import_id).is_awaited, f"reading of {sent.file_name}")
    read = world.imports.get(sent.import_id)
    if read.state is ImportState.UNCHANGED:
        return
    if read.version is None:
        raise NotUnderstood(f"{sent.file_name}: {read.state} {read.code}, {read.points} to mend")
    world.deciding.approve(kind, read.version, world.now())
