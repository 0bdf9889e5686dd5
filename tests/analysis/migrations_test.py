"""Migrations in programs come to the same tables and changes that SQL would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.analysis.migrations import ProgramReader
from persistlint.schema.changes import AddColumn, ChangeType, CreateIndex, DropIndex, RenameColumn, SetNotNull
from persistlint.schema.definitions import ConstraintKind
from persistlint.sql.project import dialect_of, read_in_project

if TYPE_CHECKING:
    from pathlib import Path

    from persistlint.schema.definitions import Table
    from persistlint.schema.script import Script

ALEMBIC = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\ndef upgrade():\n"
ROOMS = {
    "alembic/versions/a.py": ALEMBIC
    + """
    op.create_table(
        "rooms",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False, server_default="new"),
        sa.Column("house_id", sa.Integer(), sa.ForeignKey("houses.id", ondelete="CASCADE")),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("label", name="rooms_label"),
    )
""",
    "migrations/1_rooms.js": """
exports.up = async function (knex) {
  await knex.schema.createTable("rooms", (table) => {
    table.bigIncrements("id");
    table.string("label", 80).notNullable().defaultTo("new");
    table.integer("house_id").references("id").inTable("houses").onDelete("CASCADE");
    table.timestamp("made_at").defaultTo(knex.fn.now());
    table.unique(["label"], "rooms_label");
  });
};
""",
    "migrations/1_rooms.cjs": """
exports.up = (pgm) => {
  pgm.createTable("rooms", {
    id: { type: "bigserial", primaryKey: true },
    label: { type: "varchar(80)", notNull: true, default: "new" },
    house_id: { type: "integer", references: "houses(id)", onDelete: "CASCADE" },
    made_at: { type: "timestamptz", default: pgm.func("now()") },
  });
  pgm.addConstraint("rooms", "rooms_label", { unique: "label" });
};
""",
    "migrations/1-rooms.js": """
module.exports = {
  up: (queryInterface, { DataTypes, literal }) =>
    queryInterface.createTable("rooms", {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      label: { type: DataTypes.STRING(80), allowNull: false, defaultValue: "new", unique: true },
      house_id: { type: DataTypes.INTEGER, references: { model: "houses", key: "id" }, onDelete: "CASCADE" },
      made_at: { type: DataTypes.DATE, defaultValue: Sequelize.literal("now()") },
    }),
};
""",
    "migrations/1-Rooms.ts": """
export class Rooms implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(new Table({
      name: "rooms",
      columns: [
        { name: "id", type: "bigint", isPrimary: true, isGenerated: true, generationStrategy: "increment" },
        { name: "label", type: "varchar", length: "80", default: "'new'", isUnique: true },
        { name: "house_id", type: "integer", isNullable: true },
        { name: "made_at", type: "timestamptz", isNullable: true, default: "now()" },
      ],
      foreignKeys: [new TableForeignKey({
        columnNames: ["house_id"], referencedTableName: "houses", referencedColumnNames: ["id"], onDelete: "CASCADE",
      })],
    }));
  }
}
""",
    "migrations/1.ts": """
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable("rooms")
    .addColumn("id", "bigserial", (column) => column.primaryKey())
    .addColumn("label", "varchar(80)", (column) => column.notNull().defaultTo("new").unique())
    .addColumn("house_id", "integer", (column) => column.references("houses.id").onDelete("cascade"))
    .addColumn("made_at", "timestamptz", (column) => column.defaultTo(sql`now()`))
    .execute();
}
""",
}


@pytest.mark.parametrize("path", ROOMS)
def test_every_framework_makes_the_same_table(path: str) -> None:
    table = _table(_read(path, ROOMS[path]), "rooms")
    types = {column.name: (column.type.name, column.type.arguments) for column in table.columns if column.type}
    assert types["label"] == ("varchar", ("80",))
    assert (types["house_id"][0], types["made_at"][0]) == ("integer", "timestamptz")
    assert types["id"][0] == "bigserial"
    assert table.primary_key is not None
    assert table.primary_key.columns == ("id",)
    assert [name for name in types if table.requires(name)] == ["id", "label"]
    label, made_at = table.column("label"), table.column("made_at")
    assert label is not None
    assert label.default is not None
    assert label.default.words == ("'new'",)
    assert made_at is not None
    assert made_at.default is not None
    assert made_at.default.calls == {"now"}
    assert any(found.kind is ConstraintKind.UNIQUE and found.columns == ("label",) for found in table.constraints)
    ((_, reference),) = table.foreign_keys
    assert (reference.table.name, reference.columns, reference.on_delete) == ("houses", ("id",), "CASCADE")


def test_a_model_of_django_is_a_table_of_its_application() -> None:
    script = _read(
        "rooms/migrations/0001_initial.py",
        """
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("label", models.CharField(max_length=80, unique=True)),
                ("house", models.ForeignKey(on_delete=models.CASCADE, to="houses.House")),
                ("tags", models.ManyToManyField(to="rooms.Tag")),
            ],
        ),
        migrations.AddConstraint(
            "room",
            models.UniqueConstraint(fields=("label",), condition=models.Q(house__isnull=True), name="alone"),
        ),
    ]
""",
    )
    table = _table(script, "rooms_room")
    assert [column.name for column in table.columns] == ["id", "label", "house"]
    assert [reference.table.name for _, reference in table.foreign_keys] == ["houses_house"]
    assert not table.is_complete
    partial = next(index for index in table.indexes if index.name == "alone")
    assert partial.predicate is not None
    assert partial.predicate.mentions("house")


def test_django_changes_only_what_is_another() -> None:
    script = _read(
        "rooms/migrations/0001_initial.py",
        """
class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Room", [("label", models.CharField(max_length=80)), ("size", models.IntegerField())]),
        migrations.AlterField("room", "label", models.CharField(max_length=80, help_text="What stands on the door")),
        migrations.AlterField("room", "size", models.BigIntegerField(null=True)),
        migrations.AlterField("room", "elsewhere", models.BigIntegerField(null=True)),
    ]
""",
    )
    assert [change.name for change in script.of(ChangeType)] == ["size"]
    assert [change.column for change in script.of(SetNotNull)] == ["size"]


def test_a_batch_of_alembic_is_about_its_table() -> None:
    script = _read(
        "versions/a.py",
        ALEMBIC
        + """
    with op.batch_alter_table("rooms") as batch_op:
        batch_op.add_column(sa.Column("wing", sa.Text(), index=True))
        batch_op.alter_column("label", new_column_name="title", nullable=False)
""",
    )
    assert [(change.table.name, change.column.name) for change in script.of(AddColumn)] == [("rooms", "wing")]
    assert [change.index.columns for change in script.of(CreateIndex)] == [("wing",)]
    assert [change.to for change in script.of(RenameColumn)] == ["title"]
    assert all(change.statement.is_rebuilt for change in script.changes)


def test_an_enum_that_is_kept_as_text() -> None:
    call = "op.add_column('rooms', sa.Column('kind', sa.Enum('small', 'large', name='kinds', native_enum=False)))"
    (change,) = _read("alembic/versions/b.py", f"{ALEMBIC}    {call}\n").changes
    assert isinstance(change, AddColumn)
    assert change.column.type is not None
    assert change.column.type.text == "varchar(5)"


def test_knex_names_what_has_no_name() -> None:
    script = _read(
        "migrations/2_rooms.js",
        """
exports.up = (knex) => knex.schema.table("rooms", (table) => table.index(["house_id", "label"]));
exports.down = (knex) => knex.schema.table("rooms", (table) => table.dropIndex(["house_id", "label"]));
""",
    )
    assert [change.index.name for change in script.of(CreateIndex)] == ["rooms_house_id_label_index"]
    (dropped,) = script.backward
    assert isinstance(dropped, DropIndex)
    assert not script.leftovers


def test_sql_in_a_string_keeps_its_places() -> None:
    program = "exports.up = (knex) => knex.raw(`\n  ALTER TABLE a ADD b int;\n  ALTER TABLE a ADD c int;\n`);\n"
    script = _read("migrations/1_a.js", program)
    ranges = [program[change.range.start : change.range.end] for change in script.of(AddColumn)]
    assert ranges == ["ALTER TABLE a ADD b int", "ALTER TABLE a ADD c int"]


@pytest.mark.parametrize(
    "program",
    [
        "def upgrade():\n    op.drop_table('a')\n",  # no revision
        "class Migration:\n    operations = []\n",
        "from django.db import migrations\nclass Migration(migrations.Migration):\n    replaces = [('a', '0001')]\n",
    ],
)
def test_other_programs_are_no_migrations(program: str) -> None:
    assert ProgramReader("python").read("a/migrations/1.py", program.encode(), None) is None


@pytest.mark.parametrize(
    "call",
    [
        "op.get_bind().commit()",
        "sa.Enum('a', name='kinds').create(op.get_bind())",
        "op.create_entity(function)",
        "op.get_bind().execute(sa.text(f'UPDATE {table} SET a = 1'))",
        "op.execute(f'DELETE FROM {table} WHERE a = 1')",
        "sa.inspect(op.get_bind()).has_table('rooms')",
        "op.drop_index(name, table_name='halls')",
    ],
)
def test_what_changes_no_column_of_a_table_leaves_it_known(call: str) -> None:
    script = _read("a.py", f"{ALEMBIC}    op.create_table('rooms', sa.Column('id', sa.Text()))\n    {call}\n")
    assert _table(script, "rooms").is_complete


@pytest.mark.parametrize(
    "call", ["change(op.get_bind())", "op.execute(sql)", "rooms.create(op.get_bind())", "op.drop_index(name, 'rooms')"]
)
def test_what_may_change_a_table_leaves_it_unknown(call: str) -> None:
    script = _read("a.py", f"{ALEMBIC}    op.create_table('rooms', sa.Column('id', sa.Text()))\n    {call}\n")
    assert not _table(script, "rooms").is_complete


@pytest.mark.parametrize(
    "call",
    [
        "queryRunner.query(`UPDATE rooms SET a = '${a.b}'`)",
        "this.rest(queryRunner)",
        "queryRunner.dropIndex('halls', index)",
    ],
)
def test_what_changes_no_column_of_a_table_leaves_it_known_in_typescript(call: str) -> None:
    script = _read(
        "migrations/1.ts",
        "export class A implements MigrationInterface {\n"
        "  async up(queryRunner: QueryRunner): Promise<void> {\n"
        f"    await queryRunner.query('CREATE TABLE rooms (id int)');\n    await {call};\n  }}\n"
        "  private async rest(queryRunner: QueryRunner) {\n"
        "    await queryRunner.query('ALTER TABLE rooms ADD COLUMN more int');\n  }\n}\n",
    )
    assert _table(script, "rooms").is_complete
    assert (_table(script, "rooms").column("more") is not None) is call.startswith("this")


@pytest.mark.parametrize("options", ["{ unique: true }", "{ indicesType: 'UNIQUE' }", "{ type: 'UNIQUE' }"])
def test_unique_indexes_of_sequelize(options: str) -> None:
    up = f"up: (queryInterface) => queryInterface.addIndex('rooms', ['label'], {options})"
    (change,) = _read("migrations/1.js", f"module.exports = {{ {up} }};").of(CreateIndex)
    assert change.index.is_unique


@pytest.mark.parametrize(
    ("where", "words"),
    [("{ houseId: { [Op.ne]: null } }", ["houseid", "is", "not", "null"]), ("{ state: 'open' }", ["state"])],
)
def test_partial_indexes_of_sequelize(where: str, words: list[str]) -> None:
    call = f"queryInterface.addIndex('rooms', ['houseId'], {{ where: {where} }})"
    (change,) = _read("migrations/1.js", f"module.exports = {{ up: (queryInterface) => {call} }};").changes
    assert isinstance(change, CreateIndex)
    assert change.index.predicate is not None
    assert set(words) <= set(change.index.predicate.words)


def test_unique_constraints_of_django_over_expressions() -> None:
    constraint = "models.UniqueConstraint(Lower('label'), name='rooms_label')"
    script = _read(
        "hotel/migrations/0002_unique.py",
        "from django.db import migrations, models\n"
        "class Migration(migrations.Migration):\n"
        f"    operations = [migrations.AddConstraint('room', {constraint})]\n",
    )
    (change,) = script.changes
    assert isinstance(change, CreateIndex)
    assert change.index.is_unique
    assert [expression.words for expression in change.index.expressions] != []


def test_constraints_that_sequelize_names() -> None:
    script = _read(
        "migrations/1.js",
        "module.exports = { up: async (queryInterface) => {\n"
        "  await queryInterface.createTable('rooms', { label: Sequelize.TEXT, houseId: Sequelize.INTEGER });\n"
        "  await queryInterface.addConstraint('rooms', { type: 'unique', fields: ['houseId', 'label'] });\n"
        "  await queryInterface.removeConstraint('rooms', 'rooms_houseId_label_uk');\n"
        "} };",
    )
    assert _table(script, "rooms").constraints == ()


def test_foreign_keys_follow_a_table_to_its_new_name() -> None:
    script = _read(
        "a.py",
        f"{ALEMBIC}    op.create_table('huts', sa.Column('id', sa.Text()))\n"
        "    op.create_table('rooms', sa.Column('hut', sa.Text(), sa.ForeignKey('huts.id')))\n"
        "    op.rename_table('huts', 'houses')\n",
    )
    ((_, reference),) = _table(script, "rooms").foreign_keys
    assert reference.table.name == "houses"


def test_revisions_come_in_their_own_order(tmp_path: Path) -> None:
    first = (
        "revision = 'x1'\ndown_revision = None\ndef upgrade():\n    op.create_table('a', sa.Column('id', sa.Text()))\n"
    )
    second = "revision = 'a2'\ndown_revision = 'x1'\ndef upgrade():\n    op.rename_table('a', 'b')\n"
    (tmp_path / "x1.py").write_text(first)
    (tmp_path / "a2.py").write_text(second)
    script = read_in_project(
        str(tmp_path / "x1.py"), first.encode(), None, is_configured=True, reader=ProgramReader("python")
    )
    assert script is not None
    assert list(script.final.tables) == ["b"]


def test_the_project_tells_its_dialect(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"pg": "8", "knex": "3"}}')
    path = tmp_path / "migrations" / "1.js"
    path.parent.mkdir()
    path.write_text("exports.up = (knex) => knex.schema.dropTable('a');\n")
    assert dialect_of(str(path), path.read_bytes(), ProgramReader("javascript")) == "postgres"


@pytest.mark.parametrize(
    "program",
    [
        "exports.up = (knex) => knex.schema.createTable(",
        "exports.up = (knex) => { const a = a.b; a.c = a; return knex.schema.dropTable(a.b.c); };",
        "exports.up = (knex) => up(knex); function up(knex) { return up(knex); }",
        "exports.up = (knex) => knex.schema.createTable('a', (t) => t.string(...x).references());",
    ],
)
def test_nothing_makes_it_fail(program: str) -> None:
    ProgramReader("javascript").read("migrations/1.js", program.encode(), None)


@pytest.mark.parametrize("call", ["where(rooms.c.b)", "bindparams(b=1)"])
def test_a_statement_that_is_made_of_itself_comes_to_an_end(call: str) -> None:
    script = _read(
        "a.py", f"{ALEMBIC}    query = query.{call}\n    op.get_bind().execute(query)\n    op.execute(query)\n"
    )
    assert len(script.forward) == 0


def _read(path: str, program: str) -> Script:
    language = "python" if path.endswith(".py") else "javascript"
    script = ProgramReader(language).read(path, program.encode(), "postgres")
    assert script is not None
    return script


def _table(script: Script, name: str) -> Table:
    return script.after.tables[name]
