"""Renders the Markdown sources of the sample documents: one module reads them, one a family of formats writes them."""
