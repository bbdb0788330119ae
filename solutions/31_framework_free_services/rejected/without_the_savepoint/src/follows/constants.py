from datetime import timedelta

FOLLOWS_AT_MOST = 50
FOLLOWS_WITHIN = timedelta(hours=1)

UNIQUE_VIOLATION = "23505"  # as SQL says it, whatever the driver
