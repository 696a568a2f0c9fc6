"""Papers that organisations leave: PDF or Word by what is inside, not by their name."""

from __future__ import annotations

from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.files import DOCX
from core.models import StoredFile

WORD_PART = "word/document.xml"
MACROS = "word/vbaproject.bin"


def check_paper(file: StoredFile) -> StoredFile:
    """The file, if a Word document is one inside and brings no macros; raises Invalid else. PDF was told by its bytes already."""
    if file.mime != DOCX:
        return file
    try:
        with file.open() as source, ZipFile(source) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (BadZipFile, OSError):
        names = set()
    if WORD_PART not in names:
        raise Invalid(
            _("“%(name)s” is not a Word document inside: send a PDF or DOCX file.") % {"name": file.name}, code="file_type", attr="file"
        )
    if MACROS in names:
        raise Invalid(
            _("“%(name)s” contains macros: send it without them, or as PDF.") % {"name": file.name}, code="file_macros", attr="file"
        )
    return file
