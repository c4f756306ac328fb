"""The documents of a séance: what is frozen when they are asked for, and how they are laid out."""
