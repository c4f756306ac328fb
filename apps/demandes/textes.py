"""What the public pages say when the territoire has not written its own words."""

from apps.territoires.enums import BaseLegale
from apps.territoires.models import Territoire

PRESENTATION = (
    "Un seul interlocuteur pour tous vos besoins\u00a0: création, reprise, transmission, recrutement, formation, "
    "financement, développement… Le service est gratuit et confidentiel."
)
POUR_QUI = (
    "Les très petites entreprises de moins de {seuil} salariés, quelle que soit leur activité\u00a0: artisanat, "
    "commerce, agriculture, professions libérales, associations qui emploient.\n\n"
    "Les personnes qui ont un projet, même sans entreprise\u00a0: créer, reprendre, s’installer, transmettre."
)
COMMENT = (
    "Vous décrivez votre besoin en trois étapes, sans numéro SIRET obligatoire.\n"
    "La coordination vous contacte sous {delai} jours ouvrés.\n"
    "Elle vous oriente vers le partenaire qui convient, et suit votre demande jusqu’au bout."
)
NOTICE = (
    "Les informations que vous donnez servent uniquement à étudier votre demande, à vous recontacter et à vous "
    "accompagner. Elles sont lues par la coordination du guichet. Elles ne sont transmises à des partenaires que si "
    "vous l’acceptez. Vous pouvez y accéder, les faire corriger ou effacer, et vous opposer à leur utilisation."
)
_RGPD = "règlement général sur la protection des données, article 6, 1"
BASES = {
    BaseLegale.MISSION: f"l’exécution d’une mission d’intérêt public ({_RGPD}, e)",
    BaseLegale.INTERET: f"l’intérêt légitime de l’organisme ({_RGPD}, f)",
    BaseLegale.CONSENTEMENT: f"votre consentement ({_RGPD}, a)",
}


def presentation(territoire: Territoire) -> str:
    return territoire.presentation or PRESENTATION


def pour_qui(territoire: Territoire) -> str:
    return territoire.pour_qui or POUR_QUI.format(seuil=territoire.seuil_effectif)


def comment(territoire: Territoire) -> str:
    return territoire.comment_ca_se_passe or COMMENT.format(delai=territoire.delai_premier_contact)


def notice(territoire: Territoire) -> str:
    """The information notice: what becomes of the data. Distinct from the accord."""
    return territoire.notice_information or NOTICE


def base_legale(territoire: Territoire) -> str:
    return BASES[BaseLegale(territoire.base_legale)]


def responsable(territoire: Territoire) -> str:
    return territoire.responsable_traitement or territoire.nom


def contact(territoire: Territoire) -> str:
    """Whom to write to about one's data."""
    return territoire.contact_confidentialite or territoire.courriel or territoire.telephone
