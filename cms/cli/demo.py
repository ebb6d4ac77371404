"""``flask demo``: a newsroom to try things in."""

import click

from cms.cli.output import Failed, Output, speaks
from cms.demo.loader import SignIn, load, remembered
from cms.house import house


@click.command()
@speaks
def demo(out: Output) -> None:
    """Make the demo newsroom, The Harbour Ledger, in an empty Daybook, and say how to sign in.

    Where it was made already, only says how to sign in.
    """
    parts = house()
    sign_in = remembered(parts.settings)
    if parts.store.head().position == 0:
        parts.prepare(out.note)
        with out.progress("Living through seven weeks of news", unit="moments") as progress:
            sign_in = load(parts.settings, parts.accounts, parts.media, parts.newsroom, parts.now(), progress.advance)
        parts.step()
    elif sign_in is None:
        raise Failed(
            "There is a newsroom here already, and it is not the demo, or a demo that was not finished: nothing was "
            f"changed. Delete {parts.settings.var} to begin again, or set another DAYBOOK_VAR."
        )
    out.done({"password": sign_in.password, "accounts": _plain(sign_in)}, words(sign_in))


def words(sign_in: SignIn) -> str:
    """How to sign in, for people."""
    width = max(len(account.email) for account in sign_in.accounts)
    listed = "\n".join(f"    {account.email:<{width}}  {account.role}" for account in sign_in.accounts)
    return f"  Sign in to the desk as any of these, with the password {sign_in.password}\n\n{listed}\n"


def _plain(sign_in: SignIn) -> list[dict[str, str]]:
    return [{"email": account.email, "name": account.name, "role": account.role} for account in sign_in.accounts]
