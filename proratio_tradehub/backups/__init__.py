"""Backups: one file with all that must not be lost, put back and proved."""

from proratio_tradehub.backups.archive import Manifest, StoredFile
from proratio_tradehub.backups.making import Backup, make_backup, newest_backup
from proratio_tradehub.backups.records import (
    BackupRecord,
    RehearsalRecord,
    backup_record_file,
    rehearsal_record_file,
)
from proratio_tradehub.backups.rehearsal import Rehearsal, rehearse
from proratio_tradehub.backups.restoring import Restoration, restore_backup

__all__ = [
    "Backup",
    "BackupRecord",
    "Manifest",
    "Rehearsal",
    "RehearsalRecord",
    "Restoration",
    "StoredFile",
    "backup_record_file",
    "make_backup",
    "newest_backup",
    "rehearsal_record_file",
    "rehearse",
    "restore_backup",
]
