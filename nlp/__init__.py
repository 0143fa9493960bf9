"""Map documents onto the Inter-American Program on the human rights of migrants, with the evidence."""
