"""A finished run as data: frames, filters, and questions that are answered by one call each."""
