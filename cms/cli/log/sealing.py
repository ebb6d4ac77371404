"""``flask log verify``: whether the log is what was written."""

from cms.cli.log.group import counted, log
from cms.cli.output import Failed, Output, speaks
from cms.house import house
from events.verifying import Verdict, verify


@log.command(name="verify")
@speaks
def verify_(out: Output) -> None:
    """Recompute every hash from the first event on, and name the first that is not what was written."""
    store = house().store
    head = store.head()
    with out.progress("Verifying", total=head.position, unit="events") as progress:
        verdict = verify(counted(store, head.position, progress))
    if verdict.ok and (verdict.position, verdict.chain_hash) != (head.position, head.chain_hash.hex()):
        verdict = Verdict(False, verdict.position + 1, verdict.chain_hash, "the log ends before its head")
    if not verdict.ok:
        raise Failed(
            f"The log was altered: the event at position {verdict.position} fails, {verdict.reason}.\n"
            "Everything before it is as it was written. Keep this file, and compare it with a backup.",
            {"first_bad_position": verdict.position, "reason": verdict.reason},
        )
    result = {"events": verdict.position, "head": verdict.chain_hash, "first_bad_position": None}
    out.done(result, f"{verdict.position:,} events, every one as it was written. Head {verdict.chain_hash}")
