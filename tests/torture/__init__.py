"""Hostile and broken inputs, made by code: what each must end in stands beside it."""
