"""Texts and themes that a new territoire starts with. Complete as they are; the coordination makes them its own."""

from .enums import BaseLegale

# Name for the partners, words for the applicants (first level, common to all territoires).
THEMES = (
    ("Création d’entreprise", "Je veux créer mon entreprise"),
    ("Reprise", "Je veux reprendre une entreprise"),
    ("Transmission, cession", "Je pense à céder ou à transmettre mon entreprise"),
    ("Recrutement", "Je cherche à recruter"),
    ("Apprentissage et alternance", "Je veux accueillir un apprenti ou un alternant"),
    ("Formation et compétences", "Je veux me former ou former mes salariés"),
    (
        "Gestion des ressources humaines",
        "J’ai une question sur mes salariés : contrats, organisation, temps de travail",
    ),
    ("Financement et trésorerie", "Je cherche un financement, ou ma trésorerie est tendue"),
    ("Développement commercial et communication", "Je veux trouver des clients et me faire connaître"),
    ("Qualité", "Je veux améliorer la qualité ou obtenir un label"),
    ("Numérique", "Je veux m’équiper ou mieux me servir du numérique"),
    ("Immobilier et implantation", "Je cherche un local, un terrain ou un atelier"),
    ("Réglementation et juridique", "J’ai une question de droit, de normes ou d’impôts"),
    ("Installation agricole", "Je veux m’installer en agriculture"),
    ("Développement durable et économie circulaire", "Je veux réduire mes déchets, mon énergie, mon empreinte"),
    ("Difficultés de l’entreprise", "Mon entreprise traverse une passe difficile"),
    ("Réseau et clubs d’entreprises", "Je veux rencontrer d’autres entreprises"),
    ("Logement et mobilité", "Je cherche un logement ou un transport pour un stagiaire, un apprenti, un salarié"),
)

_BASES = {
    BaseLegale.MISSION: "l’exécution d’une mission d’intérêt public (article 6, 1, e du RGPD)",
    BaseLegale.INTERET: "l’intérêt légitime à accompagner les entreprises du territoire (article 6, 1, f du RGPD)",
    BaseLegale.CONSENTEMENT: "votre consentement (article 6, 1, a du RGPD)",
}

PRESENTATION = """\
Vous dirigez une très petite entreprise, ou vous avez un projet ? Un seul interlocuteur vous écoute, comprend \
votre besoin et vous met en relation avec le bon partenaire : chambres consulaires, service de l’emploi, Région, \
Département, organismes de formation.

Le service est gratuit et confidentiel. Vous expliquez votre situation une seule fois ; nous suivons votre \
demande jusqu’à ce qu’elle aboutisse."""

POUR_QUI = """\
Les entreprises de moins de {seuil} salariés, quels que soient leur activité et leur statut : artisanat, \
commerce, agriculture, profession libérale, association qui emploie.
Les personnes qui veulent créer, reprendre, développer ou transmettre une entreprise, même si rien n’est encore \
décidé."""

COMMENT = """\
Vous décrivez votre besoin en ligne, par téléphone ou lors d’une permanence : trois minutes suffisent.
Nous vous rappelons sous {delai} jours ouvrés pour en parler avec vous.
Avec votre accord, nous transmettons votre demande aux partenaires qui peuvent vous aider.
Vous suivez où elle en est, et nous restons à vos côtés jusqu’au résultat."""

NOTICE = """\
Qui utilise vos données ? {nom}, responsable du traitement{adresse}, pour étudier votre demande, vous \
recontacter, vous orienter et suivre le résultat de l’accompagnement.

Sur quelle base ? Ce traitement repose sur {base}.

Quelles données ? Ce que vous nous dites de vous (nom, moyen de vous joindre), de votre entreprise ou de votre \
projet, et de votre besoin ; puis les échanges et les démarches du suivi. Seuls votre nom et un moyen de vous \
joindre sont nécessaires. Ne nous confiez pas d’information sur votre santé ou votre vie privée.

Qui les lit ? L’équipe du service. Les partenaires ne lisent votre dossier que si vous avez donné votre accord, \
et seulement ceux à qui il est adressé. Cet accord est facultatif : sans lui, nous vous accompagnons quand même. \
Vous pouvez le retirer à tout moment.

Combien de temps ? Le temps de l’accompagnement et de son suivi, puis trois ans au plus. Vos données ne sont ni \
vendues, ni transmises hors de l’Union européenne, et aucune décision n’est prise automatiquement.

Vos droits. Vous pouvez demander à voir vos données, à les corriger, à les effacer, à en limiter l’usage ou vous \
y opposer, en écrivant à {contact}. Si la réponse ne vous convient pas, vous pouvez saisir la CNIL (www.cnil.fr)."""

MENTIONS = """\
Éditeur du site : {nom}{adresse}{telephone}{courriel}.

Directrice ou directeur de la publication : la personne qui préside ou dirige {nom}.

Hébergement : ce site est hébergé dans l’Union européenne. Le nom, l’adresse et le téléphone de l’hébergeur sont \
à compléter par l’éditeur dans les réglages du territoire.

Propriété des contenus : les textes de ce site peuvent être cités en indiquant leur source. Les données publiques \
utilisées (communes, nomenclatures d’activité) viennent de l’INSEE, de la DGCL et de l’IGN, sous Licence Ouverte.

Cookies : ce site n’utilise aucun traceur publicitaire ni outil de mesure d’audience. Seuls sont déposés les \
cookies nécessaires à l’envoi d’un formulaire et à la connexion, qui ne demandent pas de consentement."""

ACCESSIBILITE = """\
{nom} s’engage à rendre ce site accessible, conformément à l’article 47 de la loi du 11 février 2005.

État de conformité : le site est conçu selon le référentiel général d’amélioration de l’accessibilité (RGAA 4.1). \
Il est vérifié par des tests automatiques à chaque évolution ; il n’a pas encore fait l’objet d’un audit complet \
par un tiers et est donc déclaré partiellement conforme.

Le site s’utilise au clavier, avec un lecteur d’écran, sur un téléphone et sans JavaScript.

Signaler une difficulté : si un contenu ou un service ne vous est pas accessible, écrivez à {contact} ou \
appelez-nous : nous vous répondrons et vous proposerons une autre façon de faire votre demande.

Défenseur des droits : si vous n’obtenez pas de réponse satisfaisante, vous pouvez saisir le Défenseur des droits \
sur www.defenseurdesdroits.fr, par téléphone au 09 69 39 00 00, ou par courrier gratuit (Défenseur des droits, \
Libre réponse 71120, 75342 Paris CEDEX 07)."""


def textes_par_defaut(
    *, nom: str, base_legale: str, adresse: str, telephone: str, courriel: str, contact: str, seuil: int, delai: int
) -> dict[str, str]:
    """The public texts for a territoire, by field."""
    lieu = " ".join(adresse.split())
    valeurs = {
        "nom": nom,
        "base": _BASES[BaseLegale(base_legale)],
        "adresse": f", {lieu}" if lieu else "",
        "telephone": f", téléphone {telephone}" if telephone else "",
        "courriel": f", {courriel}" if courriel else "",
        "contact": contact or courriel or nom,
        "seuil": seuil,
        "delai": delai,
    }
    modeles = {
        "presentation": PRESENTATION,
        "pour_qui": POUR_QUI,
        "comment_ca_se_passe": COMMENT,
        "notice_information": NOTICE,
        "mentions_legales": MENTIONS,
        "accessibilite": ACCESSIBILITE,
    }
    return {champ: modele.format(**valeurs) for champ, modele in modeles.items()}
