"""What is told of the site's logo."""

from marshmallow import Schema

from marketplace.files.schemas import PictureField


class LogoSchema(Schema):
    """The site's logo; null where there is none."""

    logo = PictureField(lambda said: said["logo"] and said["logo"].id)
