"""Pages of entreprises, one module a subject."""
