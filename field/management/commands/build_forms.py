"""Write the standard forms as XLSForm workbooks and XForms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from field.services.forms import standard_workbook
from field.xforms.compile import compile_form
from field.xforms.standard import STAGES


class Command(BaseCommand):
    """`manage.py build_forms --out DIR [--validate]`."""

    help = "Writes the standard forms A-D and I as XLSForm (.xlsx) and XForm (.xml)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and whether ODK Validate looks at them."""
        parser.add_argument("--out", default="var/forms")
        parser.add_argument("--validate", action="store_true", help="let ODK Validate check them (needs Java)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build each form."""
        folder = Path(options["out"])
        folder.mkdir(parents=True, exist_ok=True)
        for code in STAGES:
            content = standard_workbook(code)
            compiled = compile_form(content, name=f"scrutin-{code}.xlsx", validate=options["validate"])
            (folder / f"scrutin-{code}.xlsx").write_bytes(content)
            (folder / f"scrutin-{code}.xml").write_text(compiled.xform, encoding="utf-8")
            self.stdout.write(f"{code}: {len(compiled.questions)} questions and rules, {compiled.validation or 'compiled by pyxform'}")
