"""`lenses`: the lenses that were saved under a name."""

from ctwork.case.casebook import Casebook
from ctwork.case.head import bare_head
from ctwork.case.lenses import LensBook
from ctwork.cli.call import OUTPUT, Call, taking
from ctwork.cli.clock import Clock
from ctwork.cli.render import renderer


@taking("sources", "case", "tz", *OUTPUT)
def lenses(call: Call) -> None:
    """The saved lenses of a case: name, lens, when saved. `--lens NAME` looks through one."""
    found, clock = call.choice.find(), Clock.of(call.tz)
    saved = LensBook(Casebook(found.folder)).saved()
    with renderer(call.form, call.output, found.plan.sources, bare_head) as out:
        out.rows(
            ["name", "lens", "saved"],
            ({"name": each.name, "lens": each.lens, "saved": clock.instant(each.saved_ms)} for each in saved),
        )
