"""Tax: what trades realised in a year, lot by lot, by the method a person chooses. No advice."""

from proratio_tradehub.tax.frames import contracts_frame, lots_frame, realised_frame
from proratio_tradehub.tax.lots import Lot, Method, Realisation, match_lots
from proratio_tradehub.tax.movements import ContractResult, Movement, movements_of
from proratio_tradehub.tax.report import Pool, TaxReport, Totals, tax_report

__all__ = [
    "ContractResult",
    "Lot",
    "Method",
    "Movement",
    "Pool",
    "Realisation",
    "TaxReport",
    "Totals",
    "contracts_frame",
    "lots_frame",
    "match_lots",
    "movements_of",
    "realised_frame",
    "tax_report",
]
