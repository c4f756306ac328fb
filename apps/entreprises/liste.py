"""The list of entreprises: in full for the coordination, the public register's fields for a référent."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html_join

from apps.core.acces import Acces
from apps.core.affichage import siret as ecrire_siret
from apps.core.templatetags.guichet import badge
from apps.listes.filtres import Filtre, FiltreChoix, FiltreOuiNon
from apps.listes.liste import Colonne, Liste, VuePrevue
from apps.referentiels.enums import PLANCHER_TRANCHE, NatureActivite, Nomenclature
from apps.referentiels.models import Commune, Naf

from .models import Entreprise
from .permissions import peut_gerer

# NAF rév. 2: each section is a range of divisions.
SECTIONS = [
    ("A", "Agriculture, sylviculture et pêche", 1, 3), ("B", "Industries extractives", 5, 9),
    ("C", "Industrie manufacturière", 10, 33), ("D", "Électricité, gaz", 35, 35), ("E", "Eau, déchets", 36, 39),
    ("F", "Construction", 41, 43), ("G", "Commerce, réparation automobile", 45, 47), ("H", "Transports", 49, 53),
    ("I", "Hébergement et restauration", 55, 56), ("J", "Information et communication", 58, 63),
    ("K", "Finance et assurance", 64, 66), ("L", "Immobilier", 68, 68), ("M", "Activités spécialisées", 69, 75),
    ("N", "Services administratifs", 77, 82), ("O", "Administration publique", 84, 84), ("P", "Enseignement", 85, 85),
    ("Q", "Santé et action sociale", 86, 88), ("R", "Arts et loisirs", 90, 93), ("S", "Autres services", 94, 96),
    ("T", "Ménages employeurs", 97, 98), ("U", "Activités extraterritoriales", 99, 99),
]  # fmt: skip
BORNES = {lettre: (debut, fin) for lettre, _, debut, fin in SECTIONS}
TAILLES = {"0": (0, 0), "1-9": (1, 9), "10-19": (10, 19), "20-49": (20, 49), "50": (50, None)}


def de_la_section(lettre: str) -> Q:
    """Those whose main code, in NAF rév. 2, is of the section."""
    debut, fin = BORNES[lettre]
    return Q(naf_rev2__gte=f"{debut:02d}", naf_rev2__lt=f"{fin + 1:02d}")


def de_taille(cle: str) -> Q:
    """By headcount when known, else by tranche."""
    bas, haut = TAILLES[cle]
    nombre = Q(effectif__gte=bas) & (Q(effectif__lte=haut) if haut is not None else Q())
    tranches = [c for c, p in PLANCHER_TRANCHE.items() if c != "NN" and p >= bas and (haut is None or p <= haut)]
    return nombre | Q(effectif__isnull=True, tranche__in=tranches)


def communes(acces: Acces) -> list[tuple[str, str]]:
    """The territoire's communes, for a filter."""
    return list(Commune.objects.filter(territoires=acces.territoire_id).values_list("code_insee", "nom"))


def effectif(entreprise: Entreprise) -> str:
    """« 4 (2025) », « 3 à 5 salariés (2023) »."""
    if entreprise.effectif is not None:
        annee = f" ({entreprise.effectif_annee})" if entreprise.effectif_annee else ""
        return f"{entreprise.effectif}{annee}"
    annee = f" ({entreprise.tranche_annee})" if entreprise.tranche_annee else ""
    return f"{entreprise.get_tranche_display()}{annee}" if entreprise.tranche else ""


def etiquettes(entreprise: Entreprise) -> str:
    """What is worth knowing at a glance."""
    marques = []
    if not entreprise.est_active:
        marques.append(badge("neutre", "Cessée"))
    if entreprise.dirigeant_age_transmission:
        marques.append(badge("info", "À sensibiliser à la transmission"))
    if not entreprise.siret:
        marques.append(badge("attention", entreprise.get_etat_siret_display()))
    return format_html_join(" ", "{}", ((m,) for m in marques))


def nommer_activites(entreprises: list[Entreprise]) -> None:
    """Give each one `activite`: its code, and its label when the nomenclature is loaded. One query."""
    codes = {e.naf_rev2 for e in entreprises} | {e.naf_2025 for e in entreprises}
    noms = (
        {(n.nomenclature, n.code): n.libelle for n in Naf.objects.filter(code__in=codes - {""})} if codes - {""} else {}
    )
    for e in entreprises:
        e.libelle_rev2 = noms.get((Nomenclature.NAF_REV2, e.naf_rev2), "")  # type: ignore[attr-defined]
        e.libelle_2025 = noms.get((Nomenclature.NAF_2025, e.naf_2025), "")  # type: ignore[attr-defined]


class ListeEntreprises(Liste):
    cle = "entreprises"
    titre = "Entreprises"
    nom, nom_pluriel = "entreprise", "entreprises"
    tri_defaut = "nom"
    libelle_recherche = "Nom, enseigne, SIRET ou commune"
    vide_titre = "Aucune entreprise pour l’instant"
    vide_texte = "Ajoutez-en une, ou importez un tableau ou les fichiers SIRENE."
    vide_action = "Ajouter une entreprise"
    colonnes: tuple[Colonne, ...] = (
        Colonne("nom", "Nom", "nom", tri=("nom_normalise",), secondaire=lambda e: e.enseigne),
        Colonne("enseigne", "Enseigne", "enseigne", ecran=False),
        Colonne("commune", "Commune", "commune.nom", tri=("commune__recherche",)),
        Colonne("code_insee", "Code INSEE", "commune_id", ecran=False),
        Colonne("activite", "Activité", lambda e: e.libelle_rev2 or e.naf_rev2 or e.naf_2025, tri=("naf_rev2",),
                secondaire=lambda e: " · ".join(filter(None, (e.naf_rev2, e.naf_2025))), export=False),
        Colonne("naf_rev2", "Code NAF rév. 2", "naf_rev2", ecran=False),
        Colonne("naf_2025", "Code NAF 2025", "naf_2025", ecran=False),
        Colonne("libelle_rev2", "Activité", "libelle_rev2", ecran=False),
        Colonne("natures", "Nature de l’activité",
                lambda e: ", ".join(Entreprise._meta.get_field("natures").libelles(e.natures)), ecran=False),
        Colonne("categorie", "Forme juridique", "categorie_juridique_id", ecran=False),
        Colonne("effectif", "Effectif", effectif, tri=("effectif", "tranche"), exportee=lambda e: e.effectif),
        Colonne("effectif_annee", "Année de l’effectif", "effectif_annee", ecran=False),
        Colonne("tranche", "Tranche d’effectif", lambda e: e.get_tranche_display() if e.tranche else "", ecran=False),
        Colonne("tranche_annee", "Année de la tranche", "tranche_annee", ecran=False),
        Colonne("siret", "SIRET", "siret", cellule=lambda e: ecrire_siret(e.siret or e.siren), tri=("siret",),
                classe="insecable"),
        Colonne("adresse", "Adresse", "adresse", ecran=False),
        Colonne("code_postal", "Code postal", "code_postal", ecran=False),
        Colonne("telephone", "Téléphone", "telephone", ecran=False),
        Colonne("courriel", "Courriel", "courriel", ecran=False),
        Colonne("est_active", "Active", "est_active", ecran=False),
        Colonne("etiquettes", "À savoir", lambda e: "", cellule=etiquettes, export=False),
    )  # fmt: skip
    filtres: tuple[Filtre, ...] = (
        FiltreChoix("nature", "Nature", NatureActivite.choices, lambda v: Q(natures__icontains=f'"{v}"')),
        FiltreChoix("commune", "Commune", communes, "commune", tous="Toutes"),
        FiltreChoix("section", "Secteur (NAF rév. 2)", [(s[0], s[1]) for s in SECTIONS], de_la_section),
        FiltreChoix("effectif", "Effectif", [("0", "Aucun salarié"), ("1-9", "1 à 9"), ("10-19", "10 à 19"),
                                             ("20-49", "20 à 49"), ("50", "50 et plus")], de_taille),
        FiltreOuiNon("active", "Activité", Q(est_active=True), oui="En activité", non="Cessée", compte=True),
        FiltreOuiNon("transmission", "Transmission", Q(dirigeant_age_transmission=True), oui="À sensibiliser",
                     non="Non", compte=True),
        FiltreOuiNon("siret", "SIRET", Q(siret__isnull=False), oui="Connu", non="Sans SIRET", compte=True),
    )  # fmt: skip
    vues: tuple[VuePrevue, ...] = (
        VuePrevue("En activité", "active=oui"),
        VuePrevue("À sensibiliser à la transmission", "active=oui&transmission=oui"),
        VuePrevue("Sans SIRET", "siret=non"),
    )

    def queryset(self) -> QuerySet[Entreprise]:
        return Entreprise.objects.visibles_par(self.acces).actives()

    def pour_affichage(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("commune").defer("recherche", "recherche_publique", "note")

    def preparer(self, objets: list[Any]) -> None:
        nommer_activites(objets)

    def url(self, objet: Any) -> str:
        return reverse("entreprises:detail", args=[self.slug, objet.pk])

    def vide_url(self) -> str:
        return reverse("entreprises:creer", args=[self.slug])

    def peut_exporter(self) -> bool:
        return peut_gerer(self.acces)


class ListeReferent(ListeEntreprises):
    """Name, SIRET, commune, NAF: nothing else, not even to search or to sort by."""

    cle = "entreprises-registre"
    champ_recherche = "recherche_publique"
    libelle_recherche = "Nom, SIRET ou commune"
    vide_texte = "Les entreprises du registre public apparaîtront ici."
    vide_action = ""
    colonnes = (
        Colonne("nom", "Nom", "nom", tri=("nom_normalise",)),
        Colonne("commune", "Commune", "commune.nom", tri=("commune__recherche",)),
        Colonne("activite", "Activité", lambda e: e.libelle_rev2 or e.naf_rev2 or e.naf_2025, tri=("naf_rev2",),
                secondaire=lambda e: " · ".join(filter(None, (e.naf_rev2, e.naf_2025)))),
        Colonne("siret", "SIRET", "siret", cellule=lambda e: ecrire_siret(e.siret), tri=("siret",), classe="insecable"),
    )  # fmt: skip
    filtres = (
        FiltreChoix("commune", "Commune", communes, "commune", tous="Toutes"),
        FiltreChoix("section", "Secteur (NAF rév. 2)", [(s[0], s[1]) for s in SECTIONS], de_la_section),
    )
    vues = ()

    def vide_url(self) -> str:
        return ""

    def nommer(self, objet: Any) -> str:
        return objet.nom


def liste_pour(acces: Acces) -> Liste:
    """The list of the role."""
    return ListeEntreprises() if peut_gerer(acces) else ListeReferent()
