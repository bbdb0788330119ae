from collections.abc import Mapping

GROUPS = ((20, 25), (5, 10))


def total_paise(
    price_paise: int, seats: int, promo_codes: Mapping[str, int], promo_code: str | None
) -> int:
    group_pct = next((pct for least, pct in GROUPS if seats >= least), 0)
    discount_pct = max(group_pct, promo_codes.get((promo_code or "").upper(), 0))
    return (price_paise * seats * (100 - discount_pct) + 50) // 100
