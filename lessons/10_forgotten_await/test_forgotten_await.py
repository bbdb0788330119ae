"""What an async function does, it does when it is awaited."""

import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response

from seed import ANKLE, ASHA, CURE, FARAH, IMRAN, MEERA, POSTS, REPORTS, ROHAN, seed
from src.main import create_app

SERVICE = "src/moderation/service.py"
ONLY_MODERATORS = "403 for everybody who may not moderate, and nothing changed"
ALL_DONE = "all of it is done when the answer says so"
NOTHING_DONE = "an error, and nothing done, where one of the steps fails"

ACTIONS = {"hide": ("HIDDEN_BY_ADMIN", "actioned"), "restore": ("PUBLISHED", "dismissed")}

# Python's word on a dropped coroutine is for the last test; the others look at what was done.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L217")
@pytest.mark.parametrize("action", ACTIONS)
async def test_only_moderators_decide(
    client: AsyncClient, postgres: PostgresDatabase, action: str
) -> None:
    """A doctor who is no moderator decides about no post, her own included."""
    stranger = UUID(int=7)
    for user_id in (ASHA, ROHAN, FARAH, stranger):
        for post_id in (CURE, ANKLE):
            status = (await decide(client, action, post_id, user_id)).status_code
            if status != 403:
                refuse(
                    saw=f"{action} by a doctor who is no moderator was answered {status}",
                    wants=ONLY_MODERATORS,
                    look_at=SERVICE,
                )
    await expect_stored(postgres, wants=ONLY_MODERATORS)


@pytest.mark.guideline("L217")
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_decision_closes_the_reports(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve, action: str
) -> None:
    """A decision about a post closes the reports that are open, of this post alone."""
    answer = serve.expect(await decide(client, action, CURE), 200, wants=ALL_DONE).json()
    status, closed = ACTIONS[action]
    expected = {"post_id": str(CURE), "status": status, "closed_reports": 3}
    expect_equal(answer, expected, wants="what was decided, and how many reports that closed")
    rows = await postgres.fetch("SELECT status FROM reports ORDER BY id")
    statuses = [row["status"] for row in rows]
    expected_statuses = [closed, closed, closed, "dismissed", "open"]
    expect_equal(
        statuses,
        expected_statuses,
        name=f"after {action}, reports",
        wants=ALL_DONE,
        look_at=SERVICE,
    )


@pytest.mark.guideline("L217")
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_decision_is_written_down(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve, action: str
) -> None:
    """Who decided what, about which post and why, can be read afterwards."""
    entry = {"actor_id": MEERA, "action": action, "post_id": CURE, "note": "as reported"}
    for times in (1, 2):  # the second time no report is open any more
        response = await decide(client, action, CURE)
        serve.expect(response, 200, wants="200 for a decision of a moderator")
        rows = await postgres.fetch("SELECT actor_id, action, post_id, note FROM audit_entries")
        if rows != [entry] * times:
            refuse(
                saw=f"{action} was answered 200, {times} of 2 times,"
                f" and audit_entries has {len(rows)} rows: {rows}",
                wants=ALL_DONE,
                look_at=SERVICE,
            )


@pytest.mark.guideline("L217")
@pytest.mark.parametrize("table", ["audit_entries", "reports"])
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_step_that_fails_undoes_the_decision(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve, action: str, table: str
) -> None:
    """What cannot be written down is not done, and the moderator learns of it."""
    await postgres.execute(f"ALTER TABLE {table} ADD CHECK (false) NOT VALID")
    response = await decide(client, action, CURE)
    if response.status_code == 200:
        refuse(
            saw=f"{table} takes no row, and {action} was answered 200",
            wants=NOTHING_DONE,
            look_at=SERVICE,
        )
    await expect_stored(postgres, wants=NOTHING_DONE)


@pytest.mark.parametrize("moderator_id", [MEERA, IMRAN], ids=["admin", "moderator"])
async def test_a_post_is_hidden_and_restored(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve, moderator_id: UUID
) -> None:
    """An admin decides, and a moderator does, also about a post that nobody has reported."""
    await postgres.execute("DELETE FROM reports")
    for action, (status, _) in ACTIONS.items():
        response = await decide(client, action, CURE, moderator_id)
        answer = serve.expect(response, 200, wants="200 for a decision of a moderator").json()
        expect_equal(answer["closed_reports"], 0, name="closed_reports", wants="none was open")
        rows = await postgres.fetch("SELECT status FROM posts ORDER BY id")
        expected = [{"status": status}, {"status": "PUBLISHED"}]
        expect_equal(rows, expected, name=f"after {action}, posts", wants=ALL_DONE)


async def test_a_post_that_is_not_there_is_a_404(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """There is nothing to decide about a post that nobody has written."""
    for action in ACTIONS:
        response = await decide(client, action, UUID(int=9))
        serve.expect(response, 404, wants="404 for a post that is not there")
    await expect_stored(postgres, wants="nothing done")


@pytest.mark.guideline("L217")
async def test_no_coroutine_is_dropped(client: AsyncClient) -> None:
    """Every coroutine that a request makes is awaited before it is forgotten."""
    with dropped() as names:
        await decide(client, "hide", CURE)
        await decide(client, "restore", ANKLE)
        await decide(client, "restore", ANKLE, ASHA)
    if names:
        refuse(
            saw="coroutines that were made and never ran: " + ", ".join(sorted(set(names))),
            wants="every coroutine is awaited",
            look_at=SERVICE,
        )


async def decide(
    client: AsyncClient, action: str, post_id: UUID, user_id: UUID = MEERA
) -> Response:
    """Send a decision of the moderator, or of somebody else."""
    return await client.post(
        f"/api/v1/posts/{post_id}/{action}",
        json={"note": "as reported"},
        headers={"X-User-Id": str(user_id)},
    )


async def expect_stored(postgres: PostgresDatabase, *, wants: str) -> None:
    """Demand that posts, reports and the audit are as they were at first."""
    __tracebackhide__ = True
    posts = await postgres.fetch("SELECT status FROM posts ORDER BY id")
    reports = await postgres.fetch("SELECT status FROM reports ORDER BY id")
    seen = {
        "posts": [row["status"] for row in posts],
        "reports": [row["status"] for row in reports],
        "audit_entries": await postgres.fetchval("SELECT count(*) FROM audit_entries"),
    }
    expected = {
        "posts": [status for *_, status in POSTS],
        "reports": [status for *_, status in REPORTS],
        "audit_entries": 0,
    }
    expect_equal(seen, expected, name="stored", wants=wants, look_at=SERVICE)


@contextmanager
def dropped() -> Iterator[list[str]]:
    """Note the name of every coroutine that is thrown away without having run."""
    names: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield names
        gc.collect()
    said = [str(warning.message) for warning in caught]
    names += [line.split("'")[1] for line in said if line.endswith("was never awaited")]
