"""The table way of a bank: batches, answers and statements as GB18030 csv with trailers."""

from .form import CsvBatch

__all__ = ["CsvBatch"]
