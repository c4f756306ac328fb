"""What the file says of itself: title, language, the standards that it keeps (PDF/UA-1, PDF/A-2a)."""

from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from apps.documents.enums import Variante

from .plan import Plan

PRODUCTEUR = "Guichet TPE (WeasyPrint, pikepdf)"
# PDF/A wants every property described; that of PDF/UA is younger than it.
EXTENSION = """<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


def ecrire(pdf: pikepdf.Pdf, plan: Plan) -> None:
    """Title, language, preferences, metadata and, for the archive, the colour space that is meant."""
    pdf.Root.Lang = String(plan.langue)
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if plan.recto_verso:
        pdf.Root.ViewerPreferences.Duplex = Name.DuplexFlipLongEdge
    pdf.Root.PageMode = Name.UseOutlines if "/Outlines" in pdf.Root else Name.UseNone
    pdf.docinfo["/Title"] = plan.titre
    pdf.docinfo["/Producer"] = PRODUCTEUR
    if plan.auteur:
        pdf.docinfo["/Author"] = plan.auteur
    if plan.sujet:
        pdf.docinfo["/Subject"] = plan.sujet
    flux = pdf.make_stream(_xmp(plan).encode("utf-8"))
    flux.Type, flux.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = flux
    if plan.variante == Variante.ARCHIVE:
        _dire_les_couleurs(pdf)


def _dire_les_couleurs(pdf: pikepdf.Pdf) -> None:
    """sRGB, by the profile that WeasyPrint brings."""
    module = find_spec("weasyprint")
    profil = Path(module.origin or "").parent / "pdf" / "sRGB2014.icc" if module else Path()
    flux = pdf.make_stream(profil.read_bytes())
    flux.N = 3
    intention = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB2014"),
        Info=String("sRGB2014"),
        DestOutputProfile=flux,
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intention)])


def _xmp(plan: Plan) -> str:
    archive = plan.variante == Variante.ARCHIVE
    lignes = [
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
        '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
        "<pdfuaid:part>1</pdfuaid:part></rdf:Description>",
    ]
    if archive:
        lignes += [
            '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
            "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>",
            EXTENSION,
        ]
    lignes += [
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/">',
        f"<pdf:Producer>{PRODUCTEUR}</pdf:Producer>",
        f"<dc:language><rdf:Bag><rdf:li>{escape(plan.langue)}</rdf:li></rdf:Bag></dc:language>",
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(plan.titre)}</rdf:li></rdf:Alt></dc:title>',
    ]
    if plan.auteur:
        lignes.append(f"<dc:creator><rdf:Seq><rdf:li>{escape(plan.auteur)}</rdf:li></rdf:Seq></dc:creator>")
    if plan.sujet:
        sujet = escape(plan.sujet)
        lignes.append(
            f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{sujet}</rdf:li></rdf:Alt></dc:description>'
        )
    lignes += ["</rdf:Description></rdf:RDF></x:xmpmeta>", '<?xpacket end="w"?>']
    return "\n".join(lignes)
