"""Backfills through the providers' batch APIs: half the price, hours later, sent exactly once."""

from proratio_signals.batches.office import Office, open_office
from proratio_signals.batches.rows import Batch, batches_under_way
from proratio_signals.batches.run import BatchReport, Waiting, backfill_in_batches

__all__ = [
    "Batch",
    "BatchReport",
    "Office",
    "Waiting",
    "backfill_in_batches",
    "batches_under_way",
    "open_office",
]
