"""`lenses`: the lenses that were saved under a name."""

from ctwork.case.lenses import LensBook
from ctwork.cli import options as opt
from ctwork.cli.clock import Clock
from ctwork.cli.render import renderer


def lenses(
    sources: opt.Sources,
    case: opt.CaseFolder = None,
    form: opt.Format = "",
    output: opt.Output = None,
    tz: opt.Zone = "UTC",
    offline: opt.Offline = False,
) -> None:
    """The saved lenses of a case: name, lens, when saved. `--lens NAME` looks through one."""
    found, clock = opt.Choice(tuple(sources), case).find(), Clock.of(tz)
    saved = LensBook(found.folder).saved()
    with renderer(form, output, lambda: found.plan.sources) as out:
        out.rows(
            ["name", "lens", "saved"],
            ({"name": each.name, "lens": each.lens, "saved": clock.instant(each.saved_ms)} for each in saved),
        )
