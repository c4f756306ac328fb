"""What calendrier inscribes in the registries of core."""
