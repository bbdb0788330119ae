_REFRESH_TOKENS = {"asha-refresh": "Dr. Asha Menon", "rohan-refresh": "Dr. Rohan Kulkarni"}
_ACCESS_TOKENS = {"asha-access": "Dr. Asha Menon", "rohan-access": "Dr. Rohan Kulkarni"}


def find_by_refresh_token(token: str) -> str | None:
    return _REFRESH_TOKENS.get(token)


def find_by_access_token(token: str) -> str | None:
    return _ACCESS_TOKENS.get(token)
