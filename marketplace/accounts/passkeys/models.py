"""Passkeys, and the challenges that one has answered."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Base, Instant, Key, Words


class Passkey(Base):
    """A public key credential of a person (Web Authentication). Its private half never leaves the authenticator."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("user_id", "name", name="passkeys_one_name_once"),)

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[Words]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often it has signed, where the authenticator counts; those that are kept on several devices say 0 for ever.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    last_used_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")


class UsedChallenge(Base):
    """A challenge that was answered rightly: it is not taken a second time."""

    __tablename__ = "used_challenges"

    digest: Mapped[Words] = mapped_column(primary_key=True)
    expires_at: Mapped[Instant] = mapped_column(index=True)
