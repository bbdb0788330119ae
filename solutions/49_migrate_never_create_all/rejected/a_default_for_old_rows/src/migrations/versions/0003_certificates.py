"""certificates"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Where the app has run before, it has made the table already, without the last column.
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("verification_code", sa.String(length=16), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"]),
        sa.UniqueConstraint("verification_code"),
        if_not_exists=True,
    )
    revoked_at = sa.Column("revoked_at", sa.DateTime(timezone=True), server_default=sa.func.now())
    op.add_column("certificates", revoked_at)
    op.alter_column("certificates", "revoked_at", server_default=None)


def downgrade() -> None:
    # The table stays: where the app had made it, its rows are older than this migration.
    op.drop_column("certificates", "revoked_at")
