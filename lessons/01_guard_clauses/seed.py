"""Every situation in which somebody asks to be enrolled, in words and as objects."""

from itertools import product
from typing import NamedTuple

from src.courses.constants import CourseStatus, PaymentStatus, PricingType
from src.courses.schemas import Application, Course, Learner, Payment, PromoCode

STALE_PROMO_CODES = ("unknown promo code", "promo code switched off", "promo code used up")


class Case(NamedTuple):
    account: str = "active account"
    enrolled: str = "not enrolled"
    course: str = "published course"
    access: str = "no access code"
    pricing: str = "paid course"
    promo: str = "no promo code"
    payment: str = "paid"
    approval: str = "no approval needed"
    price_paise: int = 149_900
    discount_pct: int = 20

    def __str__(self) -> str:
        """Name what is out of the ordinary."""
        return ", ".join(_unusual(self)) or "nothing unusual"


def all_cases() -> list[Case]:
    """Return every combination of conditions, the simplest first."""
    combinations = product(
        ("active account", "banned account"),
        ("not enrolled", "already enrolled"),
        ("published course", "draft course", "archived course"),
        ("no access code", "right access code", "wrong access code", "access code left out"),
        ("paid course", "free course"),
        ("no promo code", "promo code", "promo code in lower case", *STALE_PROMO_CODES),
        ("paid", "not paid", "paid one paisa less", "payment not captured"),
        ("no approval needed", "approval needed"),
    )
    return sorted((Case(*words) for words in combinations), key=lambda case: len(_unusual(case)))


def price_due(case: Case) -> int:
    """Return what the learner has to pay, in paise; half a paisa goes up."""
    if case.pricing == "free course":
        return 0
    if case.promo not in {"promo code", "promo code in lower case"}:
        return case.price_paise
    return (case.price_paise * (100 - case.discount_pct) + 50) // 100


def objects_of(case: Case) -> tuple[Learner, Course, Application]:
    """Return the case as `enroll` takes it."""
    return _learner(case), _course(case), _application(case)


def _learner(case: Case) -> Learner:
    return Learner(
        id="u-imran",
        is_banned=case.account == "banned account",
        enrolled_in=frozenset(
            {"fever-in-children", "ecg-for-the-ward"}
            if case.enrolled == "already enrolled"
            else {"fever-in-children"}
        ),
    )


def _course(case: Case) -> Course:
    return Course(
        id="ecg-for-the-ward",
        status=CourseStatus(case.course.split()[0].upper()),
        pricing_type=PricingType(case.pricing.split()[0].upper()),
        price_paise=0 if case.pricing == "free course" else case.price_paise,
        access_code=None if case.access == "no access code" else "WARD-7",
        requires_approval=case.approval == "approval needed",
        promo_codes=(
            PromoCode(code="MONSOON", discount_pct=90, is_active=True, max_uses=5, current_uses=0),
            PromoCode(
                code="HEART20",
                discount_pct=case.discount_pct,
                is_active=case.promo != "promo code switched off",
                max_uses=2,
                current_uses=2 if case.promo == "promo code used up" else 1,
            ),
        ),
    )


def _application(case: Case) -> Application:
    access_codes = {"right access code": "WARD-7", "wrong access code": "WARD-8"}
    promo_codes = {
        "no promo code": None,
        "promo code in lower case": "heart20",
        "unknown promo code": "HEART2O",
    }
    return Application(
        access_code=access_codes.get(case.access),
        promo_code=promo_codes.get(case.promo, "HEART20"),
        payment=None if case.payment == "not paid" else _payment(case),
    )


def _payment(case: Case) -> Payment:
    is_short = case.payment == "paid one paisa less"
    is_open = case.payment == "payment not captured"
    return Payment(
        amount_paise=price_due(case) - is_short,
        status=PaymentStatus.AUTHORIZED if is_open else PaymentStatus.CAPTURED,
    )


def _unusual(case: Case) -> list[str]:
    words = zip(Case._fields, case, Case(), strict=True)
    return [
        f"{field} {word}" if isinstance(word, int) else word
        for field, word, usual in words
        if word != usual
    ]
