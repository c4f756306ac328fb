"""What documents inscribes in the registries of core."""

from apps.core.registres import fabriques

from ..papier.rendu import FABRIQUES

for _genre, _fabrique in FABRIQUES.items():
    fabriques.inscrire(_genre, _fabrique)
