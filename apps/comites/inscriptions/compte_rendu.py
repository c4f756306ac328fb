"""What compte_rendu inscribes in the registries of core."""
