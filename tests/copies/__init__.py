"""Copies are opened by other programs, and what they find at a finding's place is compared with its quote."""
