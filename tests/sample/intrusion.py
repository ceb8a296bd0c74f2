"""The intrusion from the first try to the last loose end."""

from .evasion import write_evasion
from .foothold import write_foothold
from .ledger import Ledger
from .story import Story
from .takeover import write_takeover
from .theft import write_theft


def write_intrusion() -> Story:
    """The whole story; its records are in ``story.ledger``."""
    story = Story(Ledger("intrusion"))
    runner = write_foothold(story)
    newcomer = write_takeover(story, runner)
    write_theft(story, newcomer)
    write_evasion(story, runner)
    return story
