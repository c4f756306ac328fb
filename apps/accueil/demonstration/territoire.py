"""A Pays: its communes, themes, partners, conventions, people and absences."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from apps.acces.models import Absence, Affectation, Qualite
from apps.comptes.models import Utilisateur
from apps.core.acces import Acces, Role
from apps.core.dates import ajouter_mois, est_ouvre
from apps.entreprises.models import Entreprise
from apps.partenaires.enums import GenreConvention
from apps.partenaires.models import AncienNom, Convention, Organisme
from apps.personnes.services import texte_accord_courant
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire, Theme

from .donnees import Annuaire, lire, telephone
from .horloge import Horloge

ANCIENNETE_MOIS = 20


@dataclass
class Monde:
    """One territoire being filled."""

    territoire: Territoire
    horloge: Horloge
    hasard: Random
    annuaire: Annuaire
    themes: dict[str, Theme] = field(default_factory=dict)
    organismes: dict[str, Organisme] = field(default_factory=dict)
    affectations: dict[str, Affectation] = field(default_factory=dict)
    communes: list[Commune] = field(default_factory=list)
    entreprises: list[Entreprise] = field(default_factory=list)
    suivies: set[int] = field(default_factory=set)
    fiches: int = 0

    @property
    def coordination(self) -> Affectation:
        return next(a for a in self.affectations.values() if a.role == Role.COORDINATION)

    @property
    def acces(self) -> Acces:
        """The coordinatrice."""
        return self.coordination.acces()

    def joignables(self) -> list[Organisme]:
        """Active partners with a convention in force at the hour that the clock shows."""
        return list(
            Organisme.objects.filter(territoire=self.territoire, est_actif=True)
            .avec_convention()
            .filter(a_convention=True)
        )

    def acces_de(self, utilisateur_id: int | None) -> Acces:
        """The role of somebody of the territoire."""
        return next(a for a in self.affectations.values() if a.utilisateur_id == utilisateur_id).acces()

    def veille(self, heure: int) -> datetime:
        """The last working day before today, at that hour."""
        jour = timezone.localdate(self.horloge.maintenant) - timedelta(days=1)
        while not est_ouvre(jour):
            jour -= timedelta(days=1)
        return timezone.make_aware(datetime.combine(jour, time(heure, 20)))

    def commune(self) -> Commune:
        """One drawn by its population."""
        return self.hasard.choices(self.communes, [c.population for c in self.communes])[0]


def creer_territoire(d: dict[str, Any], horloge: Horloge, hasard: Random, rang: int) -> Monde:
    """The territoire of one entry of territoires.json; the caller has entered its scope as soon as it has a key."""
    communes = Commune.objects.filter(epci=d["epci"]).order_by("-population", "code_insee")
    choisies = list(communes[: d["communes"]] if "communes" in d else communes)
    annuaire = Annuaire(hasard, rang, timezone.localdate(horloge.maintenant).year)
    monde = Monde(_territoire(d), horloge, hasard, annuaire, communes=choisies)
    monde.territoire.communes.set(choisies)
    return monde


def _territoire(d: dict[str, Any]) -> Territoire:
    return Territoire.objects.create(
        slug=d["slug"],
        nom=d["nom"],
        genre=d["genre"],
        adresse=d["adresse"],
        telephone=d["telephone"],
        courriel=d["courriel"],
        presentation=d["presentation"],
        pour_qui=d["pour_qui"],
        comment_ca_se_passe=d["comment"],
        axes="\n".join(d.get("axes", [])),
        horaires=d["horaires"],
        mentions_legales=d["mentions"],
        accessibilite=d["accessibilite"],
        notice_information=d["notice"],
        responsable_traitement=d["responsable"],
        contact_confidentialite=d["contact"],
        objectif_annuel=d["objectif"],
    )


def peupler(monde: Monde, d: dict[str, Any], mots_de_passe: dict[str, str]) -> None:
    """Themes, partners with their former names and conventions, accounts with their roles, absences."""
    monde.themes = {
        t["cle"]: Theme.objects.create(
            territoire=monde.territoire, nom=t["nom"], libelle_public=t["libelle"], ordre=rang
        )
        for rang, t in enumerate(d["themes"])
    }
    for rang, o in enumerate(d["organismes"]):
        monde.organismes[o["cle"]] = _organisme(monde, o, rang)
    for rang, u in enumerate(d["utilisateurs"]):
        _affectation(monde, u, rang, mots_de_passe)
    aujourd_hui = timezone.localdate(monde.horloge.maintenant)
    for a in d["absences"]:
        du, au = (aujourd_hui + timedelta(days=j) for j in a["jours"])
        Absence.objects.create(
            territoire=monde.territoire,
            affectation=monde.affectations[a["qui"]],
            remplacant=monde.affectations.get(a["remplacant"]),
            du=du,
            au=au,
        )
    texte_accord_courant(monde.territoire.pk)


def _organisme(monde: Monde, o: dict[str, Any], rang: int) -> Organisme:
    territoire = monde.territoire
    organisme = Organisme.objects.create(
        territoire=territoire,
        nom=o["nom"],
        nom_court=o["nom_court"],
        nom_depuis=o.get("nom_depuis"),
        genre=o["genre"],
        statut=o["statut"],
        natures=o.get("natures", []),
        publics=o.get("publics", []),
        presentation=o.get("presentation", ""),
        telephone=telephone("05", 20 + rang),
        courriel=f"{o['cle']}@example.org",
        est_actif=o.get("actif", True),
    )
    organisme.themes.set(monde.themes[t] for t in o["themes"] if t in monde.themes)
    if "communes" in o:
        organisme.communes.set(c for c in monde.communes if c.departement_id == o["communes"])
    AncienNom.objects.bulk_create(
        AncienNom(
            territoire=territoire, organisme=organisme, nom=a["nom"], nom_court=a["nom_court"], du=_jour(a, "du"),
            au=_jour(a, "au"),
        )
        for a in o.get("anciens", [])
    )  # fmt: skip
    aujourd_hui = timezone.localdate(monde.horloge.maintenant)
    Convention.objects.bulk_create(
        Convention(
            territoire=territoire,
            organisme=organisme,
            genre=GenreConvention.ENGAGEMENT if o.get("engagement") else GenreConvention.CONVENTION,
            signee_le=aujourd_hui + timedelta(days=debut),
            valable_jusquau=None if fin is None else aujourd_hui + timedelta(days=fin),
        )
        for debut, fin in o["conventions"]
    )
    organisme.recherche = organisme.calculer_recherche()
    organisme.save(update_fields=["recherche"])
    return organisme


def _jour(d: dict[str, Any], cle: str) -> date | None:
    return date.fromisoformat(d[cle]) if cle in d else None


def _affectation(monde: Monde, u: dict[str, Any], rang: int, mots_de_passe: dict[str, str]) -> None:
    utilisateur, _ = Utilisateur.objects.update_or_create(
        courriel=u["courriel"],
        defaults={
            "civilite": u["civilite"],
            "prenom": u["prenom"],
            "nom": u["nom"],
            "fonction": f"{u['fonction']} (personne inventée)",
            "telephone": telephone("06", rang + 1),
            "password": mots_de_passe.get(u["courriel"], mots_de_passe[""]),
            "is_active": True,
        },
    )
    depuis = ajouter_mois(timezone.localdate(monde.horloge.maintenant), -ANCIENNETE_MOIS)
    monde.affectations[u["courriel"]] = Affectation.objects.create(
        utilisateur=utilisateur,
        territoire=monde.territoire,
        role=u["role"],
        organisme=monde.organismes.get(u["organisme"] or ""),
        qualite=u.get("qualite", Qualite.TITULAIRE),
        lieu=u.get("lieu", ""),
        accordee_le=monde.horloge.maintenant - (timezone.localdate(monde.horloge.maintenant) - depuis),
    )


def mots_de_passe() -> dict[str, str]:
    """Hashes of the passwords of comptes.json, one a password: hashing is slow on purpose. Key "": everybody else's."""
    hashes: dict[str, str] = {}
    comptes = lire("comptes")
    for mot in {c["mot_de_passe"] for c in comptes}:
        hashes[mot] = make_password(mot)
    resultat = {c["courriel"]: hashes[c["mot_de_passe"]] for c in comptes}
    return {**resultat, "": hashes[comptes[0]["mot_de_passe"]]}


def creer_administrateur(hache: str) -> Utilisateur:
    """Accounts and territoires only."""
    utilisateur, _ = Utilisateur.objects.update_or_create(
        courriel="paul.navarre@example.org",
        defaults={
            "civilite": "M.",
            "prenom": "Paul",
            "nom": "Navarre",
            "fonction": "Administrateur de la plateforme (personne inventée)",
            "password": hache,
            "est_administrateur": True,
            "is_active": True,
        },
    )
    return utilisateur
