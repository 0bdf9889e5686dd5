"""Models in programs come to the same tables that their libraries would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.analysis.models import models
from persistlint.languages import language_of, read
from persistlint.schema.definitions import ConstraintKind
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from persistlint.schema.models import Model

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
    "GORM": (
        "models/room.go",
        """
package models

type Room struct {
	ID      int64      `gorm:"primaryKey"`
	Label   string     `json:"label" gorm:"type:varchar(80);not null;unique"`
	HouseID int        `gorm:"type:integer"`
	MadeAt  *time.Time
	House   House      `gorm:"foreignKey:HouseID"`
	Doors   []Door     `gorm:"many2many:room_doors"`
}

func (Room) TableName() string { return "rooms" }
""",
    ),
    "Sequelize, define": (
        "models/room.js",
        """
module.exports = (sequelize, DataTypes) => {
  const Room = sequelize.define("Room", {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
    label: { type: DataTypes.STRING(80), allowNull: false, unique: true },
    house_id: { type: DataTypes.INTEGER, references: { model: "houses", key: "id" }, onDelete: "CASCADE" },
    madeAt: { type: DataTypes.DATE, field: "made_at" },
    full: DataTypes.VIRTUAL,
  }, { tableName: "rooms" });
  return Room;
};
""",
    ),
    "Sequelize, init": (
        "models/room.ts",
        """
class Room extends Model { declare label: string; }
Room.init({
  id: { type: DataTypes.BIGINT, primaryKey: true },
  label: { type: DataTypes.STRING(80), allowNull: false },
  houseId: { type: DataTypes.INTEGER, references: { model: "houses", key: "id" } },
  madeAt: { type: DataTypes.DATE },
}, { sequelize, tableName: "rooms", underscored: true, indexes: [{ unique: true, fields: ["label"] }] });
""",
    ),
    "Sequelize, decorators": (
        "models/room.ts",
        """
import { Column, Table } from "sequelize-typescript";

@Table({ tableName: "rooms" })
class Room extends Model {
  @PrimaryKey @Column(DataType.BIGINT) id: number;
  @Unique @AllowNull(false) @Column(DataType.STRING(80)) label: string;
  @Column({ field: "house_id", references: { model: "houses", key: "id" } }) houseId: number;
  @Column({ field: "made_at" }) madeAt: Date;
  @HasMany(() => Door) doors: Door[];
}
""",
    ),
    "TypeORM": (
        "entities/room.ts",
        """
@Entity({ name: "rooms" })
export class Room extends BaseEntity {
  @PrimaryGeneratedColumn({ type: "bigint" }) id: string;
  @Column({ length: 80 }) @Index({ unique: true }) label: string;
  @Column("integer", { name: "house_id", nullable: true }) houseId: number | null;
  @CreateDateColumn({ name: "made_at", type: "timestamptz", nullable: true }) madeAt: Date;
  @OneToMany(() => Door, (door) => door.room) doors: Door[];
}
""",
    ),
    "Drizzle": (
        "db/schema.ts",
        """
export const houses = pgTable("houses", { id: integer().primaryKey() });

export const Room = pgTable(
  "rooms",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    label: varchar("label", { length: 80 }).notNull(),
    houseId: integer("house_id").references(() => houses.id, { onDelete: "cascade" }),
    madeAt: timestamp("made_at", { withTimezone: true }).defaultNow(),
  },
  (table) => [uniqueIndex("rooms_label").on(table.label)],
);
""",
    ),
    "Prisma": (
        "prisma/schema.prisma",
        """
/// A room.
model Room {
  id      BigInt    @id @default(autoincrement())
  label   String    @unique @db.VarChar(80)
  houseId Int?      @map("house_id")
  madeAt  DateTime? @map("made_at") @db.Timestamptz(6)
  house   House?    @relation(fields: [houseId], references: [id], onDelete: Cascade)
  doors   Door[]

  @@map("rooms")
}

model House {
  id    Int    @id
  rooms Room[]

  @@map("houses")
}

model Door {
  id Int @id
}
""",
    ),
}
WITH_KEYS_TO_OTHERS = ("SQL", "Sequelize", "Prisma", "Drizzle")  # libraries whose columns name what they refer to


@pytest.mark.parametrize("case", ROOMS)
def test_every_library_describes_the_same_table(case: str) -> None:
    room = next(model for model in _models(*ROOMS[case]) if model.name == "Room")
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
    assert table.is_complete or case.startswith(("Django", "Sequelize"))
    if case.startswith(WITH_KEYS_TO_OTHERS):
        ((key, reference),) = table.foreign_keys
        assert (key.columns, reference.table.name, reference.columns) == (("house_id",), "houses", ("id",))


@pytest.mark.parametrize("case", ROOMS)
def test_a_column_is_where_its_field_is(case: str) -> None:
    path, text = ROOMS[case]
    room = next(model for model in _models(path, text) if model.name == "Room")
    label = room.column("Label" if case == "GORM" else "label")
    assert label is not None
    at = text.encode()[label.name_range.start : label.name_range.end].decode()
    assert at.strip('"').lower() == "label"
    assert text.encode()[room.range.start : room.range.end] == b"Room"


def test_a_key_of_several_columns_is_one_key() -> None:
    (model,) = _models(
        "app/models.py",
        "class Seat(db.Model):\n"
        "    row = db.Column(db.Integer, primary_key=True)\n"
        "    number = db.Column(db.Integer, primary_key=True)\n",
    )
    assert str(model.table.name) == "seat"
    assert model.keys() == (frozenset(["row", "number"]),)


def test_a_table_of_flask_sqlalchemy() -> None:
    (model,) = _models(
        "app/models.py", 'seats = db.Table("seats", db.Column("row", db.Integer), db.Column("n", db.Integer))'
    )
    assert [column.name for column in model.table.columns] == ["row", "n"]


def test_fields_by_their_own_names() -> None:
    (model,) = _models(
        "app/models.py",
        "class UserMail(db.Model):\n"
        '    mail = db.Column("email", db.String(80), unique=True, nullable=False)\n'
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
    assert not (model.table.is_complete and model.knows_keys)


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
        "a = Table(name=b, metadata=c, columns=d)\n",
        "a = Table(*b)\n",
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


def test_django_leaves_the_columns_of_a_parent_with_its_table() -> None:
    parent, child = _models(
        "shop/models.py",
        DJANGO
        + "class Stamped(models.Model):\n    at = models.DateTimeField()\n    class Meta:\n        abstract = True\n"
        "class Book(Stamped):\n    title = models.TextField()\n"
        "class Edition(Book):\n    isbn = models.TextField()\n",
    )
    assert [field.name for field in parent.fields] == ["at", "title", "id"]
    assert [field.name for field in child.fields] == ["isbn"]


def test_sqlalchemy_leaves_the_columns_of_a_parent_with_its_table() -> None:
    text = (
        "class Item(Base):\n    __tablename__ = 'items'\n    id = Column(Integer, primary_key=True)\n"
        "class Book(Item):\n    __tablename__ = 'books'\n    isbn = Column(Text)\n"
        "class Special(Item):\n    __tablename__ = 'items'\n"
    )
    items, books = _models("app/models.py", text)
    assert [field.name for field in items.fields] == ["id"]
    assert [field.name for field in books.fields] == ["isbn"]


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
    assert set(model.keys()) == {frozenset(["id"]), frozenset(["order", "number"]), frozenset(["order", "code"])}
    kinds = {constraint.kind for constraint in model.table.constraints}
    assert kinds == {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}


def test_gorm_names_tables_and_columns() -> None:
    (model,) = _models(
        "m/key.go",
        "package m\n"
        "type Status string\n"
        "type APICategory struct {\n"
        "	gorm.Model\n"
        "	HTTPStatus Status\n"
        '	UserID, TeamUUID string `gorm:"uniqueIndex:idx"`\n'
        '	private string `gorm:"unique"`\n'
        '	Skipped string `gorm:"-"`\n'
        '	Address Address `gorm:"embedded;embeddedPrefix:home_"`\n'
        "}\n"
        "type Address struct { Street string }\n",
    )
    assert str(model.table.name) == "api_categories"
    assert not model.is_named
    assert [column.name for column in model.table.columns] == [
        "id",
        "created_at",
        "updated_at",
        "deleted_at",
        "http_status",
        "user_id",
        "team_uuid",
        "home_street",
    ]
    assert set(model.keys()) == {frozenset(["id"]), frozenset(["user_id", "team_uuid"])}


def test_gorm_leaves_what_the_tags_do_not_say() -> None:
    text = 'package m\ntype A struct {\n\tID int\n\tB string `gorm:"size:9"`\n\tC string `gorm:"not null"`\n}\n'
    (model,) = _models("m/a.go", text)
    assert {field.name: field.says_null for field in model.fields} == {"ID": False, "B": False, "C": True}


def test_sequelize_names_tables_by_plurals() -> None:
    (model,) = _models("a.js", 'sequelize.define("category", { n: DataTypes.TEXT });')
    assert str(model.table.name) == "categories"
    assert not model.is_named
    assert model.keys() == (frozenset(["id"]),)


def test_typeorm_keys_of_a_class() -> None:
    (model,) = _models(
        "a.ts",
        "@Entity()\n"
        '@Unique(["a", "b"])\n'
        '@Index("x", (user: User) => [user.a, user.team], { unique: true })\n'
        "class UserPhoto {\n"
        "  @PrimaryColumn() a: number;\n"
        '  @Column({ name: "other" }) b: string;\n'
        "  @ManyToOne(() => Team) @JoinColumn({ name: 'team_id' }) team: Team;\n"
        "  @ManyToOne(() => Team, { nullable: false }) next: Team;\n"
        "}\n",
    )
    assert str(model.table.name) == "user_photo"
    keys = {frozenset(["a"]), frozenset(["a", "other"]), frozenset(["a", "team_id"])}
    assert set(model.keys()) == keys
    assert [column.name for column in model.table.columns if column.is_required] == ["a", "other", "nextid"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "package m\ntype A struct { ID int }\n"),
        ("a.go", 'package m\ntype A struct { ID int `gorm:"x"` }\nfunc (A) TableName() string { return pick() }\n'),
        ("a.js", 'define("a", ["b"], function () {});'),
        ("a.js", "User.init({ a: 1 }, { other: true });"),
        ("a.js", 'texts.define("en", { hello: "Hello", list: { type: "a" } });'),
        ("a.ts", "class A { @Column() a: string; }"),
        ("a.ts", "@Entity(NAME) class A { @Column() a: string; }"),
    ],
)
def test_programs_without_models(path: str, text: str) -> None:
    assert _models(path, text) == ()


def test_functions_that_make_columns_in_drizzle() -> None:
    (model,) = _models(
        "db/schema.ts",
        """
import { integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import { modifiedAt } from "./columns";

const role = pgEnum("role_of", ["guest", "host"]);

function createdAt() {
  return integer("created_at").notNull();
}

export const rooms = pgTable("rooms", {
  id: integer("id").primaryKey(),
  createdAt: createdAt(),
  modifiedAt: modifiedAt(),
  role: role("role").notNull(),
});
""",
    )
    assert [field.column for field in model.fields] == ["id", "created_at", "role"]
    assert model.table.requires("created_at")
    assert not model.table.is_complete


def _models(path: str, text: str) -> tuple[Model, ...]:
    return models(read(SourceFile(path, text.encode(), language_of(path) or "")))
