"""Seats: what each sees, decides and is paid for."""
