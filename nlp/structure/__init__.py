"""From a document to its passages: language, kind, outline, table rows, entities."""
