"""How entreprises come in: everyday tables of up to 5,000 rows, and INSEE's SIRENE stocks."""
