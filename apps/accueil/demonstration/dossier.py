"""One case told day by day: each step sets the clock, then calls the service that does it for real."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.core.dates import est_ouvre
from apps.demandes import services as demandes
from apps.demandes import tri
from apps.demandes.enums import Canal, GenreDemande
from apps.demandes.models import Demande
from apps.entreprises import services as entreprises
from apps.entreprises.models import Entreprise, Interlocuteur
from apps.fiches import services as fiches
from apps.fiches.enums import Aboutissement, GenreEchange, GenreOrientation, MotifCloture, Origine, Visibilite
from apps.fiches.models import FicheNavette, Orientation, Suivi
from apps.partenaires.models import Organisme
from apps.partenaires.services import Proposition, proposer
from apps.personnes import services as personnes
from apps.personnes.enums import CanalAccord, Portee, PreferenceContact, Situation
from apps.personnes.models import Personne
from apps.porteurs import services as porteurs
from apps.porteurs.enums import GenreProjet, StadeProjet
from apps.referentiels.models import Commune

from . import pieces
from .donnees import INVENTE, lire, situer
from .territoire import Monde

# How a request comes in: by the form (with a demande), or straight to the coordination.
ENTREES = (
    (Canal.WEB, Origine.DIRECTE, 46),
    (Canal.TELEPHONE, Origine.TELEPHONE, 20),
    (None, Origine.PERMANENCE, 12),
    (None, Origine.PARTENAIRE, 9),
    (None, Origine.VISITE, 6),
    (None, Origine.ELU, 4),
    (None, Origine.MANIFESTATION, 3),
)
PRESCRIPTEURS = {
    Origine.PARTENAIRE: ("l’expert-comptable", "la Banque populaire", "France Travail"),
    Origine.ELU: ("le maire", "la première adjointe", "le conseiller départemental"),
}
ABOUTISSEMENTS = {
    GenreProjet.CREATION: Aboutissement.CREATION,
    GenreProjet.REPRISE: Aboutissement.REPRISE,
    GenreProjet.CESSION: Aboutissement.TRANSMISSION,
    GenreProjet.INSTALLATION: Aboutissement.INSTALLATION,
}
# Older than that, what would fall on a day of rest is moved to the next working day, else to the one before.
RECENT = 30
DELAI_APPEL = 3
STADES = (StadeProjet.IDEE, StadeProjet.ETUDE, StadeProjet.MONTAGE, StadeProjet.FINANCEMENT)


@dataclass
class Dossier:
    """The case of one need; `fiche` exists from `ouvrir` on."""

    monde: Monde
    besoin: dict[str, Any]
    commune: Commune = field(init=False)
    fiche: FicheNavette = field(init=False)
    entreprise: Entreprise | None = None
    personnes: list[Personne] = field(default_factory=list)
    orientations: list[Orientation] = field(default_factory=list)
    accord: str = Portee.TOUS

    def __post_init__(self) -> None:
        if self.besoin["sujet"] == "entreprise":
            self.entreprise = self._choisir_entreprise()
            self.commune = self.entreprise.commune  # type: ignore[assignment]
        else:
            self.commune = self.monde.commune()

    # --- time ---

    def le(self, jours: float) -> datetime:
        """Set the clock `jours` days back, on a working day, at an hour of work, after what was already told."""
        horloge, hasard = self.monde.horloge, self.monde.hasard
        jour = timezone.localdate(horloge.maintenant) - timedelta(days=int(jours))
        while jours and not est_ouvre(jour):
            jour += timedelta(days=1 if jours > RECENT else -1)
        moment = timezone.make_aware(datetime.combine(jour, time(hasard.randint(8, 17), hasard.randint(0, 59))))
        if hasattr(self, "fiche"):
            moment = max(moment, self.fiche.derniere_activite_le + timedelta(minutes=11))
        return horloge.regler(moment)

    def _jour(self) -> date:
        return timezone.localdate(self.monde.horloge.heure)

    # --- who asks ---

    def _choisir_entreprise(self) -> Entreprise:
        """An active one of the activity, not yet followed."""
        monde, nafs = self.monde, set(self.besoin["naf"])
        libres = [e for e in monde.entreprises if e.est_active and e.est_diffusible and e.pk not in monde.suivies]
        candidates = [e for e in libres if e.naf_rev2 in nafs] or libres
        choisie = monde.hasard.choice(candidates)
        monde.suivies.add(choisie.pk)
        return choisie

    def _personne(self, **champs: Any) -> Personne:
        identite = self.monde.annuaire.personne(**champs)
        tirage = self.monde.hasard.random()
        if tirage < 0.1:
            identite["courriel"] = ""
        elif tirage < 0.2:
            identite["telephone"] = ""
        personne = personnes.creer(
            acces=self.monde.acces,
            commune=self.commune,
            situation=Situation.INDEPENDANT if self.entreprise else self.monde.hasard.choice(Situation.values),
            preference_contact=self.monde.hasard.choice(PreferenceContact.values),
            **identite,
        )
        self.personnes.append(personne)
        return personne

    def _demandeur(self) -> Personne:
        """The dirigeant already known, else somebody new."""
        if self.entreprise is not None:
            lien = Interlocuteur.objects.filter(entreprise=self.entreprise).select_related("personne").first()
            if lien is not None:
                self.personnes.append(lien.personne)
                return lien.personne
        personne = self._personne()
        if self.entreprise is not None:
            entreprises.lier(
                acces=self.monde.acces,
                entreprise=self.entreprise,
                personne=personne,
                fonction="Gérant",
                est_principal=True,
            )
        return personne

    # --- opening ---

    def ouvrir(
        self,
        jours: float,
        *,
        accord: str = Portee.TOUS,
        comite: bool = False,
        confidentialite: str = "",
        deux: bool = False,
        contact: bool = True,
    ) -> "Dossier":
        """The request arrives `jours` days ago; the fiche is opened within a working day, with its accord.

        Then the coordination calls, if there was time to.
        """
        canal, origine, _ = self.monde.hasard.choices(ENTREES, [e[2] for e in ENTREES])[0]
        self.le(jours)
        self.accord = accord
        principal = self._demandeur()
        if deux:
            self._personne(nom=principal.nom)
        choix = {
            "titre": self.besoin["titre"].format(lieu=situer(self.commune.nom)),
            "origine": origine,
            "priorite": self.besoin.get("priorite", "normale"),
            "responsable": self._responsable(),
            "confidentialite": confidentialite,
        }
        if canal is None or deux:
            self._ouvrir_directement(choix, accord, comite)
        else:
            self._ouvrir_par_demande(choix, canal, accord, comite)
        self._avancer_projet()
        if contact and jours > DELAI_APPEL:
            self.echange(jours - 1.5)
        return self

    def _responsable(self) -> Any:
        tenants = [a.utilisateur for a in self.monde.affectations.values() if a.role == "coordination"]
        return self.monde.hasard.choices(tenants, [3, *[1] * (len(tenants) - 1)])[0]

    def _themes(self) -> list[Any]:
        return [self.monde.themes[t] for t in self.besoin["themes"] if t in self.monde.themes]

    def _nommes(self, portee: str) -> list[Organisme]:
        return [p.organisme for p in self.propositions()[:2]] if portee == Portee.NOMMES else []

    def _ouvrir_directement(self, choix: dict[str, Any], accord: str, comite: bool) -> None:
        acces, hasard = self.monde.acces, self.monde.hasard
        projet = None
        if self.besoin["sujet"] == "projet":
            projet = porteurs.creer_projet(acces=acces, personnes=self.personnes, **self._champs_projet(choix["titre"]))
        if accord != Portee.AUCUNE:
            canal = hasard.choice([CanalAccord.TELEPHONE, CanalAccord.PAPIER, CanalAccord.ENTRETIEN])
            for personne in self.personnes:
                personnes.donner_accord(
                    acces=acces,
                    personne=personne,
                    portee=accord,
                    organismes=self._nommes(accord),
                    comite=comite,
                    canal=canal,
                )
        besoins = [
            {
                "theme": theme,
                "paroles": self.besoin["paroles"] if rang == 0 else "",
                "analyse": self.besoin["analyse"] if rang == 0 else "",
            }
            for rang, theme in enumerate(self._themes())
        ]
        prescripteur = hasard.choice(PRESCRIPTEURS.get(choix["origine"], ("",)))
        self.fiche = fiches.ouvrir(
            acces=acces, entreprise=self.entreprise, projet=projet, personnes=self.personnes, besoins=besoins,
            prescripteur=prescripteur, **{**choix, "confidentialite": choix["confidentialite"] or None},
        )  # fmt: skip

    def _champs_projet(self, titre: str) -> dict[str, Any]:
        b = self.besoin
        return {
            "titre": titre,
            "genre": b["genre"],
            "description": b["paroles"],
            "commune": self.commune,
            "natures": b["natures"],
            "emplois_prevus": Decimal(b.get("emplois", "0")),
            "investissement": Decimal(b["investissement"]) if "investissement" in b else None,
        }

    def _ouvrir_par_demande(self, choix: dict[str, Any], canal: str, accord: str, comite: bool) -> None:
        """Through the public door, then the triage, a few hours or a day later."""
        acces, b, p = self.monde.acces, self.besoin, self.personnes[0]
        demande = self._deposer(canal, accord, comite)
        self._attendre_le_tri()
        projet = b["sujet"] == "projet"
        self.fiche = tri.ouvrir_fiche(
            acces=acces,
            demande=demande,
            choix=tri.Ouverture(
                personne=p, entreprise=self.entreprise, genre_projet=b["genre"] if projet else "",
                themes=self._themes(), analyse=b["analyse"], **choix,
            ),
        )  # fmt: skip

    def _attendre_le_tri(self) -> None:
        """Within a working day: what came late or on the eve of a rest day is opened on the next working morning."""
        horloge = self.monde.horloge
        moment = timezone.localtime(horloge.heure + timedelta(hours=self.monde.hasard.uniform(1, 8)))
        if not 8 <= moment.hour <= 18:
            moment = (moment + timedelta(hours=9)).replace(hour=8)
        while not est_ouvre(moment.date()):
            moment += timedelta(days=1)
        horloge.regler(moment)

    def _deposer(self, canal: str, accord: str, comite: bool) -> Demande:
        b, p, acces = self.besoin, self.personnes[0], self.monde.acces
        projet = b["sujet"] == "projet"
        en_ligne = canal == Canal.WEB
        champs = {
            "civilite": p.civilite,
            "prenom": p.prenom,
            "nom": p.nom,
            "courriel": p.courriel,
            "telephone": p.telephone,
            "preference_contact": p.preference_contact,
            "genre": GenreDemande.PROJET if projet else GenreDemande.ENTREPRISE,
            "entreprise_nom": "" if self.entreprise is None else self.entreprise.nom,
            "natures": b["natures"] if projet else [],
            "emplois_prevus": Decimal(b["emplois"]) if b.get("emplois") else None,
            "projet": b["titre"].format(lieu=situer(self.commune.nom)) if projet else "",
            "commune": self.commune,
            "message": b["paroles"],
        }
        partage = accord != Portee.AUCUNE
        return demandes.deposer(
            acces=type(acces).demandeur(self.monde.territoire.pk) if en_ligne else acces,
            cle_unicite=UUID(int=self.monde.hasard.getrandbits(128)),
            champs={nom: valeur for nom, valeur in champs.items() if valeur not in (None, "", [])},
            themes=self._themes(),
            canal=canal,
            origine=Origine.DIRECTE if en_ligne else Origine.TELEPHONE,
            accord_portee=accord,
            accord_organismes=self._nommes(accord),
            accord_comite=comite and partage,
            accord_canal=(CanalAccord.FORMULAIRE if en_ligne else CanalAccord.TELEPHONE) if partage else "",
            notice_lue=en_ligne,
        )

    def _avancer_projet(self) -> None:
        projet = self.fiche.projet
        if projet is not None:
            for stade in STADES[1 : self.monde.hasard.randint(1, len(STADES))]:
                porteurs.changer_stade(acces=self.monde.acces, projet=projet, stade=stade)

    # --- what happens ---

    def propositions(self) -> list[Proposition]:
        """Partners with a convention that day, best first."""
        natures = self.entreprise.natures if self.entreprise else self.besoin["natures"]
        trouvees = proposer(
            territoire_id=self.monde.territoire.pk, themes=self._themes(), commune=self.commune, natures=natures
        )
        return [p for p in trouvees if p.a_convention]

    def echange(
        self, jours: float, genre: str = GenreEchange.APPEL, *, par: int | None = None, visibilite: str = ""
    ) -> None:
        """An échange of the coordination, or of the partner of the orientation `par`."""
        self.le(jours)
        fiches.noter_echange(
            acces=self.monde.acces if par is None else self._acces(par),
            fiche=self.fiche,
            genre=genre,
            texte=self.monde.hasard.choice(lire("suivi")["echanges"][genre]),
            visibilite=visibilite or Visibilite.PARTENAIRES,
        )
        self.relire()

    def orienter(
        self, jours: float, nombre: int = 1, *, vers: Iterable[str] = (), genre: str = "", **options: Any
    ) -> None:
        """Send the fiche to the best partners, or to those named."""
        self.le(jours)
        deja = {o.organisme_id for o in self.orientations}
        propositions = [p for p in self.propositions() if p.organisme.pk not in deja]
        choisis = [self.monde.organismes[cle] for cle in vers if cle in self.monde.organismes]
        choisis = [o for o in choisis if o.pk not in deja] or [p.organisme for p in propositions[:nombre]]
        if not choisis:
            choisis = [o for o in self.monde.joignables() if o.pk not in deja][:nombre]
        self.orientations += fiches.orienter(
            acces=self.monde.acces,
            fiche=self.fiche,
            organismes=choisis,
            genre=genre or GenreOrientation.ACCOMPAGNEMENT,
            message=self.monde.hasard.choice(lire("suivi")["messages"]),
            raisons={p.organisme.pk: p.raisons for p in propositions},
            **options,
        )
        self.relire()

    def _acces(self, rang: int) -> Any:
        """Who was addressed answers, else anybody of the organisme."""
        orientation = self.orientations[rang]
        if orientation.referent_id is not None:
            return self.monde.acces_de(orientation.referent_id)
        return next(a for a in self.monde.affectations.values() if a.organisme_id == orientation.organisme_id).acces()

    def _repondre(self, rang: int, jours: float, service: Any, **champs: Any) -> None:
        self.le(jours)
        self.orientations[rang] = service(acces=self._acces(rang), orientation=self.orientations[rang], **champs)
        self.relire()

    def prendre(self, rang: int, jours: float) -> None:
        hasard = self.monde.hasard
        self._repondre(
            rang, jours, fiches.prendre_en_charge,
            reference_partenaire=f"{self.fiche.annee}/{hasard.randint(100, 999)}" if hasard.random() < 0.5 else None,
            prochaine_etape=hasard.choice(lire("suivi")["prochaines"]),
            prochaine_etape_le=self._jour() + timedelta(days=hasard.randint(5, 25)),
        )  # fmt: skip

    def decliner(self, rang: int, jours: float, motif: str, precision: str = "") -> None:
        self._repondre(rang, jours, fiches.decliner, motif=motif, precision=precision)

    def terminer(self, rang: int, jours: float, resultat: str = "aide") -> None:
        aide = self.monde.hasard.choice(lire("suivi")["aides"]) if resultat == "aide" else ""
        self._repondre(rang, jours, fiches.terminer, resultat=resultat, aide_apportee=aide)

    def aviser(self, rang: int, jours: float) -> None:
        self._repondre(rang, jours, fiches.rendre_avis, avis=self.monde.hasard.choice(lire("suivi")["avis"]))

    def lire(self, rang: int, jours: float) -> None:
        self._repondre(rang, jours, fiches.marquer_lue)

    def relancer(self, rang: int, jours: float) -> None:
        self.le(jours)
        self.orientations[rang] = fiches.relancer(acces=self.monde.acces, orientation=self.orientations[rang])
        self.relire()

    def annuler(self, rang: int, jours: float, motif: str) -> None:
        self.le(jours)
        self.orientations[rang] = fiches.annuler_orientation(
            acces=self.monde.acces, orientation=self.orientations[rang], motif=motif
        )
        self.relire()

    def confier(self, rang: int, jours: float, courriel: str) -> None:
        """Hand the case to a technicien of the organisme."""
        self.le(jours)
        self.orientations[rang] = fiches.confier(
            acces=self._acces(rang), orientation=self.orientations[rang],
            technicien=self.monde.affectations[courriel].utilisateur,
        )  # fmt: skip
        self.relire()

    def joindre(self, jours: float, genre: str = "pdf", visibilite: str = "") -> None:
        """A file: a quote, or a picture of the premises."""
        self.le(jours)
        fichier = pieces.pdf("devis.pdf", "Devis (document invente)") if genre == "pdf" else pieces.png("local.png")
        fiches.ajouter_piece(
            acces=self.monde.acces, fiche=self.fiche, fichier=fichier,
            titre="Devis" if genre == "pdf" else "Photographie du local",
            visibilite=visibilite or Visibilite.PARTENAIRES,
        )  # fmt: skip
        self.relire()

    def attendre(self, jours: float, jusqua: int) -> None:
        """Something is awaited from the applicant until `jusqua` days from today (negative: overdue)."""
        self.le(jours)
        quoi = self.monde.hasard.choice(lire("suivi")["attentes"])
        jour = timezone.localdate(self.monde.horloge.maintenant) + timedelta(days=jusqua)
        fiches.mettre_en_attente(acces=self.monde.acces, fiche=self.fiche, attente_quoi=quoi, attente_jusquau=jour)
        self.relire()

    def reprendre(self, jours: float) -> None:
        self.le(jours)
        fiches.reprendre(acces=self.monde.acces, fiche=self.fiche)
        self.relire()

    def modifier(self, jours: float, **champs: Any) -> None:
        self.le(jours)
        self.relire()
        fiches.modifier(acces=self.monde.acces, fiche=self.fiche, version=self.fiche.version, **champs)
        self.relire()

    def retirer_accord(self, jours: float) -> None:
        """From the tracking page: the shares close at once."""
        self.le(jours)
        fiches.retirer_accord(
            acces=self.monde.acces, fiche=self.fiche, personne=self.personnes[0], canal=CanalAccord.TELEPHONE
        )
        self.relire()

    # --- the end ---

    def proposer_cloture(self, rang: int, jours: float, motif: str = MotifCloture.ABOUTIE) -> None:
        self.le(jours)
        fiches.proposer_cloture(
            acces=self._acces(rang), fiche=self.fiche, motif=motif, note="Tout est fait de notre côté."
        )
        self.relire()

    def clore(self, jours: float, motif: str = MotifCloture.ABOUTIE, *, annoncee: bool = True) -> None:
        """Close it; a success has its results, help obtained, and the projet becomes an entreprise."""
        self.le(jours)
        resultats: dict[str, Any] = {}
        if motif == MotifCloture.ABOUTIE:
            resultats = self._resultats(self._aboutissement())
        fiches.cloturer(acces=self.monde.acces, fiche=self.fiche, motif=motif, annoncee=annoncee, **resultats)
        projet = self.fiche.projet
        if motif == MotifCloture.ABOUTIE and projet is not None and projet.entreprise_id is None:
            porteurs.devenir_entreprise(acces=self.monde.acces, projet=projet, note=INVENTE, creee_le=self._jour())
        self.relire()

    def _aboutissement(self) -> str:
        if self.besoin["sujet"] == "projet":
            return ABOUTISSEMENTS[GenreProjet(self.besoin["genre"])]
        theme = self.besoin["themes"][0]
        return {
            "recrutement": Aboutissement.EMBAUCHE,
            "apprentissage": Aboutissement.EMBAUCHE,
            "formation": Aboutissement.FORMATION,
            "financement": Aboutissement.FINANCEMENT,
            "immobilier": Aboutissement.IMPLANTATION,
            "difficultes": Aboutissement.MAINTIEN,
            "transmission": Aboutissement.TRANSMISSION,
        }.get(theme, Aboutissement.DEVELOPPEMENT)

    def _resultats(self, aboutissement: str) -> dict[str, Any]:
        hasard, crees, maintenus = self.monde.hasard, Decimal(0), Decimal(0)
        if aboutissement in (Aboutissement.CREATION, Aboutissement.INSTALLATION, Aboutissement.EMBAUCHE):
            crees = Decimal(self.besoin.get("emplois") or hasard.choice(["0.5", "1", "1", "2"]))
        elif aboutissement in (Aboutissement.REPRISE, Aboutissement.TRANSMISSION, Aboutissement.MAINTIEN):
            maintenus = Decimal(hasard.choice(["1", "2", "3", "4.5"]))
        aides = []
        financeur = hasard.choice([None, *(self.monde.organismes.get(c) for c in ("region", "departement"))])
        if hasard.random() < 0.5:
            aides.append({
                "financeur": financeur,
                "financeur_nom": "" if financeur else "Initiative Lot, prêt d’honneur",
                "nature": "Aide à l’investissement" if financeur else "Prêt d’honneur",
                "montant": Decimal(hasard.randrange(2000, 18000, 500)),
                "obtenue_le": self._jour(),
            })  # fmt: skip
        return {
            "aboutissements": [aboutissement],
            "note": "Bilan fait avec la personne, satisfaite de l’accompagnement.",
            "emplois_crees": crees,
            "emplois_maintenus": maintenus,
            "investissement": Decimal(self.besoin["investissement"]) if "investissement" in self.besoin else None,
            "preuve": hasard.choice(
                ["Extrait Kbis", "Contrat de travail", "Attestation de la banque", "Acte de cession"]
            ),
            "aides": aides,
        }

    def rouvrir(self, jours: float, motif: str) -> None:
        self.le(jours)
        fiches.rouvrir(acces=self.monde.acces, fiche=self.fiche, motif=motif)
        self.relire()

    def annuler_ouverture(self, jours: float) -> None:
        self.le(jours)
        fiches.annuler_ouverture(acces=self.monde.acces, fiche=self.fiche, motif="Ouverte par erreur")
        self.relire()

    def suivre(self, mois: int, jours: float, *, active: bool = True, injoignable: bool = False) -> None:
        """The follow-up of that month is done."""
        self.le(jours)
        fiches.noter_suivi(
            acces=self.monde.acces, suivi=Suivi.objects.get(fiche=self.fiche, mois=mois), fait_le=self._jour(),
            est_active=active, injoignable=injoignable, emplois=None if injoignable else Decimal(1),
            note="" if injoignable else "Activité installée, un peu en dessous du prévisionnel.",
        )  # fmt: skip

    def relire(self) -> None:
        """The fiche as the last step left it."""
        self.fiche = FicheNavette.objects.select_related("projet", "territoire").get(pk=self.fiche.pk)
