"""Reference rates as they were fetched last."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Words


class ExchangeRate(Base):
    """How many of a currency one euro was on `day`."""

    __tablename__ = "exchange_rates"
    __table_args__ = (CheckConstraint("per_euro > 0", name="per_euro"),)

    currency: Mapped[Words] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    per_euro: Mapped[Decimal] = mapped_column(Numeric(16, 8))
