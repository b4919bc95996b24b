"""What customers prefer, days a location is closed, reminders, the audit log and the logo."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "picture",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_picture")),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holidays", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("closures", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))

    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminder_of_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sending_reminder_of_id"), "sending", ["reminder_of_id"], ["id"])

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earlier", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_column("earlier")

    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sending_reminder_of_id"), type_="foreignkey")
        batch_op.drop_column("reminder_of_id")

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_column("closures")
        batch_op.drop_column("holidays")

    op.drop_table("picture")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_area"))

    op.drop_table("audit_entry")
