"""certificates"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS certificates (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users (id),
            course_id uuid NOT NULL REFERENCES courses (id),
            verification_code varchar(16) NOT NULL UNIQUE,
            issued_at timestamptz NOT NULL
        )
    """)
    op.execute("ALTER TABLE certificates ADD COLUMN IF NOT EXISTS revoked_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE certificates DROP COLUMN revoked_at")
