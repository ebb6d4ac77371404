"""``flask backup`` and ``flask restore``."""

from pathlib import Path

import click

from cms.cli.output import Failed, Output, speaks
from cms.house import house
from cms.operating import backup as backups


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@speaks
def backup(folder: Path, out: Output) -> None:
    """Copy the log, accounts, keys and pictures into the new FOLDER, while the newsroom works.

    The copy is consistent, checked event by event, and complete when the command says so.
    """
    if house().settings.events_url:
        out.note(
            "The log is in PostgreSQL: it is copied by export. To go back to any moment, archive its WAL as well; see "
            "“Backups” in docs/operations.md."
        )
    with out.progress("Copying", unit="files") as progress:
        try:
            manifest = backups.back_up(house().settings, folder.absolute(), progress.advance)
        except backups.BackupRefused as error:
            raise Failed(str(error)) from error
    result = {
        "folder": str(folder),
        "events": manifest.events,
        "head": manifest.chain_hash,
        "files": len(manifest.files),
    }
    out.done(
        result, f"{manifest.events:,} events and {len(manifest.files):,} files in {folder}. Head {manifest.chain_hash}"
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@speaks
def restore(folder: Path, out: Output) -> None:
    """Put the backup in FOLDER in place, where there is no newsroom yet. Then run flask rebuild-index.

    Every file is checked against the backup's manifest before anything is written.
    """
    with out.progress("Checking and copying", unit="files") as progress:
        try:
            manifest = backups.restore(house().settings, folder.absolute(), progress.advance)
        except backups.BackupRefused as error:
            raise Failed(str(error)) from error
    out.done(
        {"events": manifest.events, "head": manifest.chain_hash, "files": len(manifest.files)},
        f"{manifest.events:,} events restored, as they were on {manifest.made_at}. Now run: flask rebuild-index",
    )
