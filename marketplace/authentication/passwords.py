"""Flask-Security's rules for new passwords, which are ours."""

from typing import Any

from flask_security import PasswordUtil

from marketplace.accounts.passwords import rules


class NewPasswords(PasswordUtil):
    """Normalises a password and says what is wrong with a new one."""

    def validate(self, password: str, is_register: bool, **given: Any) -> tuple[list[str] | None, str]:
        """The complaints, or None, and the password as it is to be hashed.

        `given` is the form of a sign-up, or the `user` who chooses another one.
        """
        normal = self.normalize(password)
        person = given.get("user")
        about = (given.get("name"), given.get("email")) if person is None else (person.name, person.email)
        wrong = rules.complaint(normal, [words for words in about if words])
        return None if wrong is None else [wrong], normal
