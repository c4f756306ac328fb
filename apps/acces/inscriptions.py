"""What access puts into the registries."""

from django.urls import reverse

from apps.core.acces import Acces, Role
from apps.core.registres import Avis, Entree, Representant, a_savoir, balayages, navigation, representants

from .models import Absence, Affectation
from .permissions import peut_voir_absences, peut_voir_equipe
from .services import purger_saisies


def absents_du_jour(acces: Acces) -> list[Avis]:
    """« À savoir »: who is away today, for those who may see absences."""
    if not peut_voir_absences(acces):
        return []
    lignes = (
        Absence.objects.visibles_par(acces)
        .le()
        .select_related("affectation__utilisateur", "affectation__organisme", "remplacant__utilisateur", "territoire")
    )
    avis = []
    for absence in lignes[:5]:
        qui = absence.affectation
        structure = f" ({qui.organisme})" if qui.organisme else ""
        relais = f", {absence.remplacant.utilisateur} répond à sa place" if absence.remplacant else ""
        texte = f"{qui.utilisateur}{structure} est absent jusqu’au {absence.au:%d/%m}{relais}."
        avis.append(Avis(texte, reverse("acces:absences", args=[absence.territoire.slug])))
    return avis


def representants_de(territoire_id: int) -> dict[int, list[Representant]]:
    """The active référents of every organisme of a territoire, titulaires first, in two queries."""
    absents = dict(Absence.objects.filter(territoire=territoire_id).le().values_list("affectation_id", "au"))
    affectations = (
        Affectation.objects.actives()
        .filter(territoire=territoire_id, role=Role.REFERENT)
        .select_related("utilisateur")
        .order_by("-qualite", "accordee_le", "pk")
    )
    trouves: dict[int, list[Representant]] = {}
    for a in affectations:
        personne = a.utilisateur
        representant = Representant(
            personne.pk,
            str(personne),
            a.get_qualite_display(),
            personne.fonction,
            personne.telephone,
            personne.courriel,
            absents.get(a.pk),
        )
        trouves.setdefault(a.organisme_id, []).append(representant)  # type: ignore[arg-type]
    return trouves


navigation.inscrire(
    "acces.equipe",
    Entree("Territoire", "Équipe", "people", 70, lambda slug: reverse("acces:equipe", args=[slug]), peut_voir_equipe),
)
navigation.inscrire(
    "acces.absences",
    Entree(
        "Territoire",
        "Absences",
        "calendar-event",
        71,
        lambda slug: reverse("acces:absences", args=[slug]),
        peut_voir_absences,
    ),
)
balayages.inscrire("acces.saisies", (purger_saisies, 900))
a_savoir.inscrire("acces.absences", absents_du_jour)
representants.inscrire("acces", representants_de)
