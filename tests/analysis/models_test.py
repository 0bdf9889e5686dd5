"""Models in programs come to the same tables that their libraries would make."""

from __future__ import annotations

import pytest

from persistlint.analysis.models import Model, models
from persistlint.languages import language_of, read
from persistlint.schema.definitions import ConstraintKind
from persistlint.source import SourceFile

DJANGO = "from django.db import models\n"
ROOMS = {
    "SQLAlchemy, columns": (
        "app/models.py",
        """
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, String

Base = declarative_base()

class Room(Base):
    __tablename__ = "rooms"
    id = Column(BigInteger, primary_key=True)
    label = Column(String(80), nullable=False, unique=True)
    house_id = Column(Integer, ForeignKey("houses.id", ondelete="CASCADE"))
    made_at = Column(DateTime(timezone=True))
    house = relationship("House")
""",
    ),
    "SQLAlchemy, annotations": (
        "app/models.py",
        """
class Base(DeclarativeBase):
    pass

class Stamped:
    made_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

class Room(Stamped, Base):
    __tablename__ = "rooms"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    label: Mapped[str] = mapped_column(String(80), unique=True)
    house_id: Mapped[Optional[int]] = mapped_column(ForeignKey("houses.id", ondelete="CASCADE"))
""",
    ),
    "SQLAlchemy, tables": (
        "app/tables.py",
        """
Room = Table(
    "rooms",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("label", String(80), nullable=False),
    Column("house_id", Integer, ForeignKey("houses.id", ondelete="CASCADE")),
    Column("made_at", DateTime(timezone=True)),
    UniqueConstraint("label"),
)
""",
    ),
    "SQLModel": (
        "app/models.py",
        """
class Room(SQLModel, table=True):
    __tablename__ = "rooms"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    label: str = Field(sa_column=Column(String(80), nullable=False, unique=True))
    house_id: int | None = Field(default=None, foreign_key="houses.id")
    made_at: datetime | None = Field(sa_type=DateTime(timezone=True))
""",
    ),
    "Django": (
        "app/models.py",
        """
from django.db import models

class Stamped(models.Model):
    made_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

class Room(Stamped):
    id = models.BigAutoField(primary_key=True)
    label = models.CharField(max_length=80, unique=True)
    house_id = models.IntegerField(null=True)

    class Meta:
        db_table = "rooms"
""",
    ),
}


@pytest.mark.parametrize("case", ROOMS)
def test_every_library_describes_the_same_table(case: str) -> None:
    (room,) = _models(*ROOMS[case])
    table = room.table
    assert room.name == "Room"
    assert str(table.name) == "rooms"
    assert {column.name: column.type and column.type.name for column in table.columns} | {"id": "bigint"} == {
        "id": "bigint",
        "label": "varchar",
        "house_id": "integer" if table.column("house_id").type else None,  # type: ignore[union-attr]
        "made_at": "timestamptz",
    }
    assert [column.name for column in table.columns if table.requires(column.name)] == ["id", "label"]
    assert set(room.keys()) == {frozenset(["id"]), frozenset(["label"])}
    if not case.startswith("Django"):
        assert table.is_complete
        ((key, reference),) = table.foreign_keys
        assert (key.columns, reference.table.name, reference.columns) == (("house_id",), "houses", ("id",))


@pytest.mark.parametrize("case", ROOMS)
def test_a_column_is_where_its_field_is(case: str) -> None:
    path, text = ROOMS[case]
    (room,) = _models(path, text)
    label = room.column("label")
    assert label is not None
    at = text.encode()[label.name_range.start : label.name_range.end].decode()
    assert at.strip('"') == "label"
    assert text.encode()[room.name_range.start : room.name_range.end] == b"Room"


def test_a_key_of_several_columns_is_one_key() -> None:
    (model,) = _models(
        "app/models.py",
        "class Seat(db.Model):\n"
        "    row = db.Column(db.Integer, primary_key=True)\n"
        "    number = db.Column(db.Integer, primary_key=True)\n",
    )
    assert str(model.table.name) == "seat"
    assert model.keys() == (frozenset(["row", "number"]),)


def test_fields_by_their_own_names() -> None:
    (model,) = _models(
        "app/models.py",
        "class UserMail(db.Model):\n"
        '    mail = db.Column("email", db.String(80), unique=True)\n'
        "    open = db.Column(**known)\n",
    )
    assert str(model.table.name) == "user_mail"
    assert model.keys() == (frozenset(["email"]),)
    found = model.column("mail")
    assert found is not None
    assert found.name == "email"
    assert {field.name: field.says_null for field in model.fields} == {"mail": True, "open": False}


def test_a_partial_index_is_no_key() -> None:
    (model,) = _models(
        "app/models.py",
        "class User(db.Model):\n"
        "    email = db.Column(db.Text)\n"
        '    name = db.Column("nick", db.Text)\n'
        "    __table_args__ = (\n"
        '        Index("u", "email", unique=True, postgresql_where=text("gone IS NULL")),\n'
        '        Index("n", name, unique=True),\n'
        '        {"schema": "app"},\n'
        "    )\n",
    )
    assert str(model.table.name) == "app.user"
    assert model.keys() == (frozenset(["nick"]),)


@pytest.mark.parametrize(
    "text",
    [
        'from app import Base\nclass A(Base):\n    __tablename__ = "a"\n    id = Column(Integer)\n',
        'class A(db.Model):\n    __tablename__ = "a"\n    id = db.Column(db.Integer)\n    b = some_column()\n',
        'class A(db.Model):\n    __tablename__ = "a"\n    id = db.Column(db.Integer)\n    __table_args__ = made()\n',
        "class A(db.Model):\n    id = db.Column(db.Integer)\n    @declared_attr\n    def b(cls):\n        return c()\n",
    ],
)
def test_what_is_not_understood_leaves_a_table_incomplete(text: str) -> None:
    (model,) = _models("app/models.py", text)
    assert [column.name for column in model.table.columns] == ["id"]
    assert not model.table.is_complete


@pytest.mark.parametrize(
    "text",
    [
        "class A(db.Model):\n    __abstract__ = True\n    id = db.Column(db.Integer)\n",
        "class A:\n    id = db.Column(db.Integer)\n",
        'class A(db.Model):\n    __tablename__ = PREFIX + "a"\n    id = db.Column(db.Integer)\n',
        "class A(db.Model):\n    x = 3\n",
        "class A(SQLModel):\n    id: int\n",
        DJANGO + "class A(models.Model):\n    x = models.TextField()\n    class Meta:\n        abstract = True\n",
        DJANGO + "class A(models.Model):\n    x = models.TextField()\n    class Meta:\n        managed = False\n",
        "from x import models\nclass A(models.Model):\n    x = models.TextField()\n",
        "from django.db import models\nclass A(forms.Form):\n    x = forms.CharField()\n",
        "class A(A):\n    __tablename__ = 'a'\n",
        "class A(",
    ],
)
def test_what_has_no_table(text: str) -> None:
    assert _models("app/models.py", text) == ()


def test_django_takes_the_name_of_the_application() -> None:
    text = "from django.db import models\nclass OrderLine(models.Model):\n    order = models.ForeignKey('Order')\n"
    for path in ("site/shop/models.py", "site/shop/models/lines.py"):
        (model,) = _models(path, text)
        assert str(model.table.name) == "shop_orderline"
        ((_, reference),) = model.table.foreign_keys
        assert str(reference.table) == "shop_order"


def test_django_keys() -> None:
    (model,) = _models(
        "shop/models.py",
        "from django.db import models\n"
        "class Line(models.Model):\n"
        "    order = models.IntegerField()\n"
        "    number = models.IntegerField()\n"
        "    code = models.TextField()\n"
        "    class Meta:\n"
        '        unique_together = [("order", "number")]\n'
        "        constraints = [\n"
        '            models.UniqueConstraint(fields=["order", "code"], name="a"),\n'
        '            models.UniqueConstraint(fields=["code"], name="b", condition=models.Q(number=1)),\n'
        "        ]\n",
    )
    assert set(model.keys()) == {frozenset(["order", "number"]), frozenset(["order", "code"])}
    kinds = {constraint.kind for constraint in model.table.constraints}
    assert kinds == {ConstraintKind.UNIQUE}


def _models(path: str, text: str) -> tuple[Model, ...]:
    return models(read(SourceFile(path, text.encode(), language_of(path) or "")))
