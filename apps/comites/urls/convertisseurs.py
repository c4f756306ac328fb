"""The number of a séance in an address: its form is its own, so that no other page of the committees is hidden."""

from django.urls import register_converter


class NumeroSeance:
    """« CT-2026-0007 »: comité technique, pilotage, commission."""

    regex = r"C[TPM]-[0-9]{4}-[0-9]{4,6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumeroSeance, "seance")
