"""Comeback: brings clients back to small service businesses. The map of the rooms is in the README."""
