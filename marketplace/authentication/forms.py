"""The forms of signing up and in, held to the same rules as the profile."""

from typing import Any

from flask_security.confirmable import send_confirmation_instructions
from flask_security.forms import ForgotPasswordForm, LoginForm, RegisterFormV2
from wtforms import Field, StringField, ValidationError

from marketplace.accounts.schemas import ProfileSchema
from marketplace.authentication.configuration import MESSAGES


def _as_profile(form: Any, field: Field) -> None:
    """Hold a field to the rules of the profile."""
    errors = ProfileSchema(only=(field.name,)).validate({field.name: field.data or ""})
    if errors:
        raise ValidationError(errors[field.name][0])


class SignUpForm(RegisterFormV2):
    """Name, address, password, time zone."""

    name = StringField("Your name", validators=[_as_profile])
    timezone = StringField("Your time zone", validators=[_as_profile])


class SignInForm(LoginForm):
    """Tells who knows the password, and nobody else, that the address waits to be confirmed."""

    def validate(self, **kwargs: Any) -> bool:
        """Flask-Security's checks, and a sentence that its generic answer would swallow."""
        valid = super().validate(**kwargs)
        if self.requires_confirmation:
            self.email.errors = []
            self.form_errors.append(MESSAGES["CONFIRMATION_REQUIRED"][0])
        return bool(valid)


class ForgotForm(ForgotPasswordForm):
    """Sends whoever never confirmed the link for that instead; the answer is the same."""

    def validate(self, **kwargs: Any) -> bool:
        """Flask-Security's checks."""
        valid = super().validate(**kwargs)
        if self.requires_confirmation:
            send_confirmation_instructions(self.user)
        return bool(valid)
