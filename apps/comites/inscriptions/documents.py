"""What documents inscribes in the registries of core."""
