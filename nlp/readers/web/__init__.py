"""HTML of thirty years."""
