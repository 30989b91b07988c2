"""Payments between approval and the bank statement."""
