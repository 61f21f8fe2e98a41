"""The forms of signing up and in, held to the same rules as the profile."""

from typing import Any

from flask import current_app, request
from flask_security.forms import EmailValidation, Form, LoginForm, NextFormMixin, email_required
from wtforms import EmailField, Field, PasswordField, StringField, ValidationError

from marketplace.accounts.schemas import ProfileSchema
from marketplace.authentication.configuration import MESSAGES
from marketplace.authentication.limits import place
from marketplace.authentication.record import note_failed_sign_in
from marketplace.languages import lazy_gettext as _l


def _as_profile(form: Any, field: Field) -> None:
    """Hold a field to the rules of the profile."""
    errors = ProfileSchema(only=(field.name,)).validate({field.name: field.data or ""})
    if errors:
        raise ValidationError(errors[field.name][0])


class AddressForm(Form):
    """An address, whoever has it."""

    email = EmailField(_l("E-mail address"), validators=[email_required, EmailValidation(verify=True)])


class SignUpForm(Form, NextFormMixin):
    """Name, address, password, time zone. Whether somebody has the address is no question of the form."""

    name = StringField(_l("Your name"), validators=[_as_profile])
    email = EmailField(_l("E-mail address"), validators=[email_required, EmailValidation(verify=True)])
    password = PasswordField("Password")
    timezone = StringField(_l("Your time zone"), validators=[_as_profile])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.next.data:
            self.next.data = request.args.get("next", "")

    def validate_password(self, field: Field) -> None:
        """Hold the password to the rules for new ones; keep it normalised."""
        if not field.data:
            raise ValidationError(str(MESSAGES["PASSWORD_NOT_PROVIDED"][0]))
        rules = current_app.extensions["security"].password_util
        complaints, field.data = rules.validate(field.data, True, email=self.email.data, name=self.name.data)
        if complaints:
            raise ValidationError(complaints[0])


class SignInForm(LoginForm):
    """Tells who knows the password, and nobody else, why the account does not let them in."""

    def validate(self, **kwargs: Any) -> bool:
        """Flask-Security's checks, sentences that its generic answer would swallow, and a line in the record."""
        valid = bool(super().validate(**kwargs))
        if self.user_authenticated and not valid:
            self.email.errors = []
            waits = self.requires_confirmation
            self.form_errors.append(str(MESSAGES["CONFIRMATION_REQUIRED" if waits else "DISABLED_ACCOUNT"][0]))
        if not valid and self.email.data and self.password.data:
            note_failed_sign_in(getattr(self.user, "id", None), place=place())
        return valid
