"""Which recordings of a call can still be heard (R14)."""

from permanence.domain.calls.call import Call, Recording


def listenable(call: Call) -> tuple[Recording, ...]:
    """What may be heard of a call: nothing from the moment its caller objects, erased or not yet (R14)."""
    if call.objected:
        return ()
    return tuple(known for known in call.recordings if known.object_key is not None and not known.erased)
