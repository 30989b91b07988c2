"""Withdrawals agreed once and paid each month (约定提取)."""
