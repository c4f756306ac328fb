"""What tenue inscribes in the registries of core."""
