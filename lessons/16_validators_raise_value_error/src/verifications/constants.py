from types import MappingProxyType

# The medical councils, and the last number that each of them has given out.
LAST_NUMBERS = MappingProxyType(
    {"DL": 98_000, "KA": 182_000, "KL": 94_500, "MH": 240_000, "TN": 171_000, "UP": 126_000}
)
WITHDRAWN = frozenset({"MH-00013", "UP-10101"})
