"""PDF: text with its places, tables, and the pictures of scanned pages."""
