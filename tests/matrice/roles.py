"""Who knocks at every door."""

ANONYME = "anonyme"
SUIVI = "suivi"  # holds a tracking link, is not logged in
COORDINATION = "coordination"
REFERENT_SAISI = "referent_saisi"
REFERENT_NON_SAISI = "referent_non_saisi"
REFERENT_DECLINE = "referent_decline"
REFERENT_TERMINE = "referent_termine"
SUPPLEANT = "suppleant"
TECHNICIEN_CONFIE = "technicien_confie"
TECHNICIEN_NON_CONFIE = "technicien_non_confie"
ACCUEIL = "accueil"  # typed the request of the world
ACCUEIL_AUTRE = "accueil_autre"  # typed another one
PILOTAGE = "pilotage"
DPO = "dpo"
ADMINISTRATEUR = "administrateur"
AUTRE_TERRITOIRE = "autre_territoire"  # coordination of the other territoire

ROLES = (
    ANONYME, SUIVI, COORDINATION, REFERENT_SAISI, REFERENT_NON_SAISI, REFERENT_DECLINE, REFERENT_TERMINE, SUPPLEANT,
    TECHNICIEN_CONFIE, TECHNICIEN_NON_CONFIE, ACCUEIL, ACCUEIL_AUTRE, PILOTAGE, DPO, ADMINISTRATEUR, AUTRE_TERRITOIRE,
)  # fmt: skip
