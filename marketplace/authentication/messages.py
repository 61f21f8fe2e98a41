"""Flask-Security's sentences by our catalogues; `configuration.MESSAGES` words them."""

from typing import Any

from flask_security.babel import FsDomain

from marketplace.languages import translated


class OurSentences(FsDomain):
    """What Flask-Security asks for translations."""

    def gettext(self, string: Any, **variables: Any) -> str:
        """A sentence in the reader's language, with its values."""
        said = translated(str(string))
        return said % variables if variables else said
