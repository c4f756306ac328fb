"""The list of fiches: what one looks for first, filters without a hidden default, bulk actions."""

from typing import Any

from django import forms
from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from apps.acces.models import Affectation
from apps.core.acces import Acces, Role
from apps.core.affichage import INSECABLE, date_relative, depuis, jour_de
from apps.core.erreurs import ErreurMetier
from apps.core.templatetags.guichet import badge
from apps.listes.filtres import FiltreChoix, FiltreDate, FiltreOuiNon
from apps.listes.liste import Action, Colonne, Liste, VuePrevue
from apps.partenaires.models import Organisme
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire, Theme

from . import selecteurs, services
from .enums import Confidentialite, EtatFiche, EtatOrientation, GenreOrientation, MotifCloture, Origine, Priorite
from .etat import chez
from .forms import PersonneField, coordinateurs
from .models import Besoin, Demandeur, FicheNavette, Orientation

TONS = {
    EtatFiche.ANNULEE: ("neutre", "x-circle"),
    EtatFiche.CLOTUREE: ("neutre", "check2-all"),
    EtatFiche.ATTENTE_DEMANDEUR: ("attention", "hourglass-split"),
    EtatFiche.SANS_REPONSE: ("attention", "clock"),
    EtatFiche.PRISE_EN_CHARGE: ("succes", "check-lg"),
    EtatFiche.SUIVIE: ("info", "person-check"),
    EtatFiche.A_REORIENTER: ("danger", "signpost-split"),
    EtatFiche.A_CLORE: ("attention", "check-circle"),
    EtatFiche.A_ORIENTER: ("attention", "signpost-split"),
}


def _commune(valeur: Any) -> Q:
    """Of the enterprise, of the projet, or of an applicant."""
    return Q(
        Q(entreprise__commune=valeur)
        | Q(projet__commune=valeur)
        | Exists(Demandeur.objects.filter(fiche=OuterRef("pk"), personne__commune=valeur))
    )


def _theme(valeur: Any) -> Q:
    return Q(Exists(Besoin.objects.filter(fiche=OuterRef("pk"), theme=valeur)))


def _partenaire(valeur: Any) -> Q:
    orientations = Orientation.objects.filter(fiche=OuterRef("pk"), organisme=valeur)
    return Q(Exists(orientations.exclude(etat=EtatOrientation.ANNULEE)))


def _responsable(valeur: Any) -> Q:
    return Q(responsable=None) if valeur == "personne" else Q(responsable=valeur)


def dire_etat(fiche: Any) -> str:
    """« Chez la CMA depuis 4 jours, sans réponse », from the columns of the row alone."""
    etat = EtatFiche(fiche.etat)
    quand = depuis(fiche.etat_depuis)
    if etat == EtatFiche.SANS_REPONSE and fiche.attendue_de:
        autres = f" et {fiche.attendues - 1} autre{'s' if fiche.attendues > 2 else ''}" if fiche.attendues > 1 else ""
        return f"Chez {chez([fiche.attendue_de])}{autres} depuis {depuis(fiche.attendue_depuis)}, sans réponse"
    if etat == EtatFiche.PRISE_EN_CHARGE and fiche.prise_par:
        return f"Prise en charge par {chez([fiche.prise_par])}"
    if etat == EtatFiche.CLOTUREE and fiche.motif_cloture:
        return f"Clôturée{INSECABLE}: {MotifCloture(fiche.motif_cloture).label.lower()}"
    if etat in (EtatFiche.ANNULEE, EtatFiche.SUIVIE):
        return etat.label
    return f"{etat.label} depuis {quand}"


def _badge_etat(fiche: Any) -> str:
    ton, icone = TONS[EtatFiche(fiche.etat)]
    if fiche.reponse_attendue_le and fiche.reponse_attendue_le < timezone.localdate():
        ton, icone = "danger", "exclamation-circle"
    return badge(ton, dire_etat(fiche), icone)


def _qui(fiche: Any) -> str:
    lieu = fiche.lieu or ""
    return " · ".join(x for x in (fiche.numero, fiche.qui or "", lieu) if x)


def _ouverte(fiche: Any) -> str:
    return date_relative(jour_de(fiche.ouverte_le))


def relancer_lot(*, acces: Acces, objets: Any, donnees: dict[str, Any]) -> str:
    """Chase every partner whose answer is late on the chosen fiches."""
    tardives = Orientation.objects.filter(
        fiche__in=objets.values("pk"), etat=EtatOrientation.ENVOYEE, reponse_attendue_le__lt=timezone.localdate()
    ).select_related("fiche", "organisme")
    relances, reposees = 0, 0
    for orientation in tardives:
        try:
            services.relancer(acces=acces, orientation=orientation)
            relances += 1
        except ErreurMetier:
            reposees += 1
    if not relances:
        return "Aucune réponse n’est en retard sur ces fiches, ou elles viennent d’être relancées."
    suite = f" {reposees} déjà relancée{'s' if reposees > 1 else ''} ou en attente du demandeur." if reposees else ""
    return f"{relances} relance{'s' if relances > 1 else ''} envoyée{'s' if relances > 1 else ''}.{suite}"


def changer_responsable_lot(*, acces: Acces, objets: Any, donnees: dict[str, Any]) -> str:
    """Hand the chosen fiches to one person."""
    nombre = services.changer_responsable(acces=acces, fiches=list(objets), responsable=donnees["responsable"])
    return f"{nombre} fiche{'s' if nombre > 1 else ''} confiée{'s' if nombre > 1 else ''} à {donnees['responsable']}."


def _coordonne(acces: Acces) -> bool:
    return acces.est_coordination


class ListeFiches(Liste):
    cle = "fiches"
    titre = "Fiches navettes"
    nom, nom_pluriel = "fiche", "fiches"
    tri_defaut = "-activite"
    vide_titre = "Aucune fiche"
    vide_texte = "Les fiches ouvertes à partir des demandes apparaîtront ici."
    colonnes = (
        Colonne("titre", "Fiche", "titre", tri=("titre",), secondaire=_qui),
        Colonne("numero", "Numéro", "numero", tri=("annee", "rang"), ecran=False),
        Colonne("qui", "Demandeur", "qui", ecran=False),
        Colonne("lieu", "Commune", "lieu", ecran=False),
        Colonne("etat", "Où elle en est", dire_etat, cellule=_badge_etat, tri=("etat", "etat_depuis")),
        Colonne("responsable", "En charge", lambda f: str(f.responsable or ""), tri=("responsable__nom",)),
        Colonne("priorite", "Priorité", FicheNavette.get_priorite_display),
        Colonne("origine", "Origine", FicheNavette.get_origine_display, ecran=False),
        Colonne("ouverte_le", "Ouverte", "ouverte_le", cellule=_ouverte, tri=("ouverte_le",)),
        Colonne(
            "activite", "Dernière activité", "derniere_activite_le",
            cellule=lambda f: date_relative(f.derniere_activite_le), tri=("derniere_activite_le",),
        ),
    )  # fmt: skip
    vues = (
        VuePrevue("En retard", "retard=oui"),
        VuePrevue("À orienter", "etat=a_orienter&etat=a_reorienter"),
        VuePrevue("À clore", "etat=a_clore"),
        VuePrevue("Sans nouvelles", "sans_nouvelles=oui"),
    )

    def __init__(self, acces: Acces, territoire: Territoire) -> None:
        self._choix: dict[str, list[tuple[str, str]]] | None = None
        jours = territoire.jours_sans_nouvelles
        self.filtres = (
            FiltreChoix("etat", "État", EtatFiche.choices, "etat", multiple=True, compte=True),
            FiltreChoix("theme", "Thème", self._choisir("theme"), _theme),
            FiltreChoix("commune", "Commune", self._choisir("commune"), _commune, tous="Toutes"),
            FiltreChoix("partenaire", "Partenaire", self._choisir("partenaire"), _partenaire),
            FiltreChoix("responsable", "En charge", self._choisir("responsable"), _responsable),
            FiltreChoix("priorite", "Priorité", Priorite.choices, "priorite", tous="Toutes"),
            FiltreChoix("origine", "Origine", Origine.choices, "origine", tous="Toutes"),
            FiltreChoix("lecture", "Confidentialité", Confidentialite.choices, "confidentialite", tous="Toutes"),
            FiltreOuiNon("retard", "Réponse en retard", selecteurs.en_retard()),
            FiltreOuiNon("contact", "Premier contact dû", selecteurs.premier_contact_du()),
            FiltreOuiNon("sans_nouvelles", "Sans nouvelles", selecteurs.sans_nouvelles(jours)),
            FiltreDate("du", "Ouverte depuis le", "ouverte_le__date__gte"),
            FiltreDate("au", "Ouverte jusqu’au", "ouverte_le__date__lte"),
        )
        self.actions = (
            Action(
                "relancer", "Relancer", "Un rappel part à chaque partenaire en retard de réponse.", relancer_lot,
                permise=_coordonne,
            ),
            Action(
                "responsable", "Changer la personne en charge", "Les fiches encore ouvertes changent de mains.",
                changer_responsable_lot, permise=_coordonne, formulaire=_formulaire_responsable(acces),
            ),
        )  # fmt: skip

    def _choisir(self, liste: str) -> Any:
        """The choices of a filter; those of the four filters come in one query."""

        def choix(acces: Acces) -> list[tuple[str, str]]:
            if self._choix is None:
                self._choix = choix_des_filtres(acces)
            return self._choix[liste]

        return choix

    def queryset(self) -> Any:
        return FicheNavette.objects.visibles_par(self.acces)

    def pour_affichage(self, queryset: Any) -> Any:
        """Everything of a row in the query of the rows."""
        attendues = Orientation.objects.filter(fiche=OuterRef("pk"), etat=EtatOrientation.ENVOYEE).exclude(
            genre=GenreOrientation.INFORMATION
        )
        prises = Orientation.objects.filter(fiche=OuterRef("pk"), etat=EtatOrientation.PRISE_EN_CHARGE)
        principal = Demandeur.objects.filter(fiche=OuterRef("pk")).order_by("-est_principal", "pk")
        nom = Coalesce(F("personne__nom"), Value(""))
        return queryset.select_related("responsable", "territoire").annotate(
            attendue_de=Subquery(attendues.order_by("envoyee_le").values("organisme__nom_court")[:1]),
            attendue_depuis=Subquery(attendues.order_by("envoyee_le").values("envoyee_le")[:1]),
            attendues=Coalesce(
                Subquery(
                    attendues.order_by().values("fiche").annotate(n=Count("pk")).values("n"),
                    output_field=IntegerField(),
                ),
                0,
            ),
            prise_par=Subquery(prises.order_by("prise_en_charge_le").values("organisme__nom_court")[:1]),
            qui=Coalesce(
                F("entreprise__nom"), Subquery(principal.annotate(dit=nom).values("dit")[:1]), output_field=CharField()
            ),
            lieu=Coalesce(
                F("entreprise__commune__nom"),
                F("projet__commune__nom"),
                Subquery(principal.values("personne__commune__nom")[:1]),
                output_field=CharField(),
            ),
        )

    def url(self, objet: Any) -> str:
        return objet.get_absolute_url()

    def nommer(self, objet: Any) -> str:
        return f"{objet.numero} · {objet.titre}"


def _formulaire_responsable(acces: Acces) -> type[forms.Form]:
    """A form whose choices are the coordinators of this territoire."""

    class ResponsableForm(forms.Form):
        responsable = PersonneField(label="Nouvelle personne en charge", queryset=coordinateurs(acces.territoire_id))

    return ResponsableForm


def choix_des_filtres(acces: Acces) -> dict[str, list[tuple[str, str]]]:
    """Themes, communes, partners and people in charge of the territoire, by one union."""

    def part(queryset: Any, genre: str, cle: str, libelle: Any, rang: Any) -> Any:
        return queryset.order_by().values_list(
            Value(genre, output_field=CharField()),
            Cast(cle, CharField()),
            Cast(libelle, CharField()),
            Cast(rang, IntegerField()),
        )

    zero = Value(0)
    actives = Affectation.objects.actives().filter(territoire=acces.territoire_id, role=Role.COORDINATION)
    lignes = part(Theme.objects.filter(territoire=acces.territoire_id), "theme", "pk", "nom", "ordre").union(
        part(Organisme.objects.visibles_par(acces), "partenaire", "pk", "nom_court", zero),
        part(Commune.objects.filter(territoires=acces.territoire_id), "commune", "pk", "nom", zero),
        part(actives, "responsable", "utilisateur_id", F("utilisateur__nom"), zero),
        part(actives, "prenom", "utilisateur_id", F("utilisateur__prenom"), zero),
        all=True,
    )
    choix: dict[str, list[tuple[int, str, str]]] = {
        g: [] for g in ("theme", "partenaire", "commune", "responsable", "prenom")
    }
    for genre, cle, libelle, rang in lignes:
        choix[genre].append((rang, libelle, cle))
    prenoms = {cle: prenom for _, prenom, cle in choix.pop("prenom")}
    resultat = {g: [(cle, libelle) for _, libelle, cle in sorted(v)] for g, v in choix.items()}
    personnes = {cle: f"{prenoms.get(cle, '')} {nom}".strip() for cle, nom in resultat["responsable"]}
    resultat["responsable"] = [("personne", "Personne encore"), *personnes.items()]
    return resultat
