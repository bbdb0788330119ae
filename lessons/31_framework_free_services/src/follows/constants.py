from datetime import timedelta

FOLLOWS_AT_MOST = 50
FOLLOWS_WITHIN = timedelta(hours=1)
