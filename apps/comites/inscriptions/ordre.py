"""What ordre inscribes in the registries of core."""
