"""Labels that are wrong more often than right, in words for an admin."""

from flask import url_for

from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.needs_attention import Item


def wrong_label(item: Item, _since: str) -> tuple[str, str, str]:
    """What is wrong, what to do about it, and where."""
    if item.id is None:
        more = ngettext("%(num)s more label that is often wrong.", "%(num)s more that are often wrong.", item.count)
        return more, _("Open"), url_for("admin_coaches.queue", status="approved")
    what = _("“%(title)s” is said to be another kind of help than it is sold as.", title=item.said)
    return what, _("Look at it"), url_for("admin_coaches.detail", coach_id=item.id)
