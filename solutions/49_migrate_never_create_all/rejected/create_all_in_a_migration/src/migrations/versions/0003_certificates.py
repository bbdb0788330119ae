"""certificates"""

import sqlalchemy as sa
from alembic import op

from src.certificates import models as _certificates  # noqa: F401
from src.database import Base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind(), tables=[Base.metadata.tables["certificates"]])
    revoked_at = sa.Column("revoked_at", sa.DateTime(timezone=True))
    op.add_column("certificates", revoked_at, if_not_exists=True)


def downgrade() -> None:
    # The table stays: where the app had made it, its rows are older than this migration.
    op.drop_column("certificates", "revoked_at")
