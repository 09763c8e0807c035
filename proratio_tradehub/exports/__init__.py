"""Exports: what is stored, as tables for a spreadsheet, a notebook or an accountant."""

from proratio_tradehub.exports.formats import Format, encode_table
from proratio_tradehub.exports.tables import TABLES, ExportTable, read_table

__all__ = ["TABLES", "ExportTable", "Format", "encode_table", "read_table"]
