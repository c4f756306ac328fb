from apps.core.acces import Acces
from apps.porteurs import services
from apps.porteurs.enums import GenreProjet
from apps.porteurs.models import Projet
from tests.personnes.factories import PersonneFactory


def creer_projet(territoire, *, personnes=None, **champs) -> Projet:
    """A projet with its porteurs, through the service."""
    personnes = personnes or [PersonneFactory(territoire=territoire)]
    champs = {"titre": "Ouvrir une épicerie", "genre": GenreProjet.CREATION, **champs}
    return services.creer_projet(acces=Acces.systeme(territoire.pk), personnes=personnes, **champs)
