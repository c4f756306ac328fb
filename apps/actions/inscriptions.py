"""What this app inscribes in the registries of core."""
