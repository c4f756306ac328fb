"""The access matrix: every route × every role.

Each `tests/matrice/<app>.py` holds `MATRICE`, one row a route name:

    MATRICE = {
        "fiches:detail": {ANONYME: 302, COORDINATION: 200, REFERENT_SAISI: 200, REFERENT_NON_SAISI: 404, …},
        "fiches:relancer": {"methode": "post", "args": lambda monde: {...}, COORDINATION: 302, …},
        "public:accueil": {"tous": 200},
    }

`tous` is the status of every role that the row does not name. `args` overrides the arguments of the address,
which come by default from `monde.ARGUMENTS` (by namespace and name of the argument). A route without a row
fails, and so does a row without a route, or a role that a row says nothing of.
"""
