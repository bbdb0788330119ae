import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, product
from pathlib import Path
from typing import TypeVar

import pytest
from docfliq_katas.probes.frames import where_defined
from docfliq_katas.probes.verdict import refuse, shorten

from seed import STALE_PROMO_CODES, Case, all_cases, objects_of, price_due
from src.courses.exceptions import EnrollmentError, PaymentRequiredError
from src.courses.schemas import Enrollment
from src.courses.service import enroll

Kind = TypeVar("Kind", bound=ast.stmt)

HERE = Path(__file__).parent
DEEPEST = 3
BLOCKS = (ast.If, ast.IfExp, ast.For, ast.While, ast.With, ast.Try, ast.TryStar, ast.Match)

# One of each kind, in the order of the rules in README.md.
OBSTACLES = [
    {"account": "banned account"},
    {"course": "archived course"},
    {"enrolled": "already enrolled"},
    {"access": "wrong access code"},
    {"promo": "promo code used up"},
    {"payment": "not paid"},
]


@pytest.mark.guideline("L15")
def test_every_case_is_decided_by_the_rules() -> None:
    """Every combination of conditions gets the answer that the rules in README.md give it."""
    compare(
        all_cases(),
        wants="the answer of the first rule that applies, in free and in paid courses alike",
    )


@pytest.mark.guideline("L16")
def test_the_happy_path_comes_last() -> None:
    """Whoever reads down to the answer has met every refusal before it."""
    for path, function in functions_of_the_answer():
        answers = [node.lineno for node in own(function, ast.Return)]
        refusals = [node.lineno for node in own(function, ast.Raise)]
        late = sorted(line for line in refusals if answers and line > max(answers))
        if late:
            refuse(
                saw=f"{function.name} gives its last answer in line {max(answers)}, "
                f"and refuses below that: line {', '.join(map(str, late))}",
                wants="refusals first, the happy path last",
                look_at=f"{path}:{max(answers)} ({function.name})",
            )


@pytest.mark.guideline("L17")
def test_no_line_stands_deep_inside_conditions() -> None:
    """A line stands in at most three blocks, so that a reader can hold its conditions in mind."""
    path, function, blocks = max(
        ((path, function, stairs(function)) for path, function in functions()),
        key=lambda found: len(found[2]),
    )
    if len(blocks) > DEEPEST:
        source = (HERE / path).read_text(encoding="utf-8").splitlines()
        refuse(
            saw=f"{len(blocks)} blocks, each inside the one above:\n{picture(blocks, source)}",
            wants=f"at most {DEEPEST} blocks deep: refuse, leave, and go on at the left margin",
            look_at=f"{path}:{blocks[-1].lineno} ({function.name})",
        )


@pytest.mark.guideline("L15")
def test_each_obstacle_has_its_own_refusal() -> None:
    """A single obstacle is refused for exactly that reason."""
    cases = [Case(**obstacle) for obstacle in OBSTACLES]
    compare(cases, wants="a refusal of its own for each obstacle")


@pytest.mark.guideline("L15")
def test_the_first_obstacle_is_the_one_named() -> None:
    """Of two obstacles the learner hears of the one that the rules name first."""
    cases = [Case(**first, **second) for first, second in combinations(OBSTACLES, 2)]
    compare(cases, wants="refusals in the order of the rules in README.md")


@pytest.mark.guideline("L15")
def test_a_promo_code_lowers_the_price() -> None:
    """The discounted price is due, to the paisa; a discount of 100 % leaves nothing to pay."""
    cases = [
        Case(promo="promo code", price_paise=price, discount_pct=discount, payment=payment)
        for price, discount, payment in product(
            (149_900, 33_333, 1_250), (1, 15, 100), ("paid", "not paid")
        )
    ]
    compare(cases, wants="the discounted price, half a paisa rounded up")


def compare(cases: Iterable[Case], *, wants: str) -> None:
    """Refuse unless `enroll` decides every case as the rules do; show the simplest of each kind."""
    __tracebackhide__ = True
    total = 0
    wrong: defaultdict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        total += 1
        seen, right = decided(case), rules(case)
        if seen != right:
            wrong[seen, right].append(case)
    if wrong:
        count = sum(map(len, wrong.values()))
        kinds = [
            f"{cases[0]}: {seen}, should be {right}"
            for (seen, right), cases in list(wrong.items())[:3]
        ]
        refuse(
            saw="\n".join([f"{count} of {total} cases decided wrongly. The simplest:", *kinds]),
            wants=wants,
            look_at=str(where_defined(enroll)),
        )


def rules(case: Case) -> str:
    """Return what the rules of enrolling say: the first reason against it, or the enrolment."""
    due = price_due(case)
    is_paid = case.pricing == "paid course"
    against = {
        "AccountBannedError": case.account == "banned account",
        "CourseNotOpenError": case.course != "published course",
        "AlreadyEnrolledError": case.enrolled == "already enrolled",
        "AccessCodeError": case.access in {"wrong access code", "access code left out"},
        "PromoCodeError": is_paid and case.promo in STALE_PROMO_CODES,
        f"PaymentRequiredError({due})": due > 0 and case.payment != "paid",
    }
    status = "PENDING_APPROVAL" if case.approval == "approval needed" else "IN_PROGRESS"
    accepted = f"{status} for {due} paise"
    return next((reason for reason, holds in against.items() if holds), accepted)


def decided(case: Case) -> str:
    """Return what `enroll` says, in the words of `rules`."""
    learner, course, application = objects_of(case)
    try:
        answer = enroll(learner, course, application)
    except PaymentRequiredError as refusal:
        return f"PaymentRequiredError({refusal.price_paise})"
    except EnrollmentError as refusal:
        return type(refusal).__name__
    if not isinstance(answer, Enrollment):
        return f"{answer!r} returned"
    if (answer.learner_id, answer.course_id) != (learner.id, course.id):
        return f"an enrolment of {answer.learner_id} in {answer.course_id}"
    return f"{answer.status} for {answer.final_price_paise} paise"


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every function of the slice with the path of its file."""
    for file in sorted((HERE / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield file.relative_to(HERE).as_posix(), node


def functions_of_the_answer() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield `enroll`, what makes an `Enrollment`, and whatever hands an answer on to these."""
    everything = list(functions())
    names = {enroll.__name__}
    names |= {function.name for _, function in everything if makes_enrollment(function)}
    known: set[str] = set()
    while names != known:
        known = set(names)
        for _, function in everything:
            if function.name in known:
                names |= set(hands_on(function))
    return ((path, function) for path, function in everything if function.name in names)


def hands_on(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the names of the functions whose result the function returns as its own."""
    given: defaultdict[str, list[ast.expr | None]] = defaultdict(list)
    for statement in own(function, ast.Assign):
        for target in statement.targets:
            given[ast.unparse(target)].append(statement.value)
    waiting = [statement.value for statement in own(function, ast.Return)]
    while waiting:
        match waiting.pop():
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield name
            case ast.IfExp(body=body, orelse=orelse):
                waiting += [body, orelse]
            case ast.Name(id=name):
                waiting += given.pop(name, [])


def own(function: ast.FunctionDef, kind: type[Kind]) -> Iterator[Kind]:
    """Yield the statements of one kind, without those of functions inside the function."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def makes_enrollment(function: ast.FunctionDef) -> bool:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(ast.unparse(called).endswith("Enrollment") for called in calls)


def stairs(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> tuple[ast.AST, ...]:
    """Return the longest chain of blocks inside one another; an `elif` stands beside its `if`."""
    chains = [above]
    for child in ast.iter_child_nodes(node):
        inside = above
        if isinstance(child, BLOCKS):
            inside = (*(above[:-1] if is_elif(child, node) else above), child)
        chains.append(stairs(child, inside))
    return max(chains, key=len)


def picture(blocks: Iterable[ast.AST], source: list[str]) -> str:
    """Return the blocks as stairs, one a line."""
    lines = []
    for step, block in enumerate(blocks):
        text = source[block.lineno - 1]
        if isinstance(block, ast.IfExp):
            text = f"… if {ast.unparse(block.test)} else …"
        lines.append("  " * step + shorten(text, 58 - 2 * step))
    return "\n".join(lines)


def is_elif(block: ast.AST, parent: ast.AST) -> bool:
    """Return whether the block continues its parent: `elif`, or the `else` of `a if b else c`."""
    if isinstance(block, ast.If) and isinstance(parent, ast.If):
        return block in parent.orelse and block.col_offset == parent.col_offset
    return isinstance(parent, ast.IfExp) and block is parent.orelse
