"""Every key has a lifetime that fits what it holds, and no moment exists in which it has none."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import count
from math import ceil
from uuid import UUID

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.valkey import Trips, ValkeyProbe
from docfliq_katas.probes.valkey_line import ValkeyLine
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response
from redis.asyncio import Redis

from src.dependencies import get_directory
from src.main import create_app
from src.users.directory import Directory
from src.users.schemas import UserPublic

ASHA, ROHAN, FARAH = (UUID(int=0xA1 + number) for number in range(3))
USERS = "/api/v1/users"
ME = "/api/v1/users/me"
SOON = 20  # seconds that a test leaves to a key that has been there for a while
A_MOMENT = 15  # seconds that may pass between a write and the look at it
SEVEN_EDITS = 30  # the same, where the write was the first of them
MOVED = {"specialty": "cardiology", "city": "Pune"}

FIVE_MINUTES = "every cached profile with a lifetime of its own, of 1 to 5 minutes"
ONE_STEP = "a key and its lifetime in one step, so that no failure can come between the two"
ONE_STEP_ALONE = (
    "a key and its lifetime in one step (a transaction or a script), "
    "so that nothing can come between the two"
)
AGED = "a profile that is 5 minutes old at most, however often it is read"
AS_CHANGED = "the profile as it was changed, in every read that follows"
A_MINUTE = "a window of 60 s, which begins with its first edit"
A_FIXED_WINDOW = "a window that ends 60 s after its first edit"
CACHED = "the cache, which answers after the first load"

# SETEX is as good as SET with EX; that redis-py would rather have the latter is another matter.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")

Ask = Callable[[AsyncClient, UUID], Awaitable[Response]]
Dropped = Callable[[Ask, str], Awaitable[None]]


class CountingDirectory(Directory):
    """The identity service, with a note of everybody it was asked for, and from where."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[UUID] = []
        self._places: dict[UUID, str] = {}

    async def find(self, user_ids: Iterable[UUID]) -> list[UserPublic]:
        """Note who was asked for."""
        wanted = list(user_ids)
        self.asked += wanted
        self._places |= dict.fromkeys(wanted, str(slice_frame() or ""))
        return await super().find(wanted)

    def expect_asked(self, *once: UUID, least: int = 1) -> None:
        """Demand that it was asked for these doctors once (or `least` times), and for no other."""
        __tracebackhide__ = True
        times = Counter(self.asked)
        for user_id in (ASHA, ROHAN, FARAH):
            wanted = 1 if user_id in once else 0
            if not min(least, wanted) <= times[user_id] <= wanted:
                refuse(
                    saw=f"the directory was asked {_times(times[user_id])} for {short(user_id)} "
                    f"instead of {_times(wanted)}",
                    wants=CACHED,
                    look_at=self._places.get(user_id),
                )


@pytest.fixture
def directory() -> CountingDirectory:
    return CountingDirectory()


@pytest.fixture
async def client(
    valkey_line: ValkeyLine, directory: CountingDirectory, serve: Serve
) -> AsyncIterator[AsyncClient]:
    """The app, with its line to Valkey and a directory that counts."""
    assert valkey_line.url
    app = create_app()
    app.dependency_overrides[get_directory] = lambda: directory
    async with serve(app) as client:
        yield client


@pytest.fixture
def drop_everywhere(
    client: AsyncClient,
    valkey_line: ValkeyLine,
    valkey: Redis,
    valkey_probe: ValkeyProbe,
    serve: Serve,
) -> Dropped:
    """Return a function that loses the line after each command of a request in turn."""

    async def drop(ask: Ask, prefix: str) -> None:
        for number in count(1):
            await valkey.flushdb()
            with valkey_probe.record() as trips, valkey_line.cut_after(number):
                await ask(client, ASHA)
            serve.errors.clear()  # the failure was the test's doing
            if len(valkey_line.carried) < number:
                return
            for key, left in (await valkey_probe.keys(valkey, prefix)).items():
                if left is None:
                    where = trips.where_of(key)
                    refuse(
                        saw=f"the connection was lost after {valkey_line.carried[-1]}:\n"
                        f"{short(key)} lives for ever",
                        wants=ONE_STEP,
                        look_at=str(where) if where else None,
                    )

    return drop


def short(name: str | UUID) -> str:
    """Shorten the id of a doctor, alone or in a key, to its last four digits."""
    return re.sub(r"[0-9a-f-]{32}([0-9a-f]{4})", r"…\1", str(name))


def expect_between(
    keys: dict[str, float | None],
    bounds: tuple[int, int],
    trips: Trips,
    *,
    wants: str,
    since: int = A_MOMENT,
) -> None:
    """Demand a lifetime of so many seconds for each key; at most `since` are over."""
    __tracebackhide__ = True
    least, most = bounds

    def fault(left: float | None) -> str:
        if left is None:
            return "lives for ever: it has no TTL"
        if left > most:
            return f"has {left:.0f} s to live, and {most} s are the most"
        if left < least - since:
            return f"was given {ceil(left)} s to live, and {least} s are the least"
        return ""

    _expect_no_fault({key: fault(left) for key, left in keys.items()}, trips, wants)


def expect_no_longer(keys: dict[str, float | None], what: str, trips: Trips, *, wants: str) -> None:
    """Demand that keys with `SOON` seconds left have not been given more."""
    __tracebackhide__ = True

    def fault(left: float | None) -> str:
        if left is not None and left <= SOON:
            return ""
        now = "lives for ever" if left is None else f"has {ceil(left)} s"
        return f"had {SOON} s left; after {what} it {now}"

    _expect_no_fault({key: fault(left) for key, left in keys.items()}, trips, wants)


def _expect_no_fault(faults: dict[str, str], trips: Trips, wants: str) -> None:
    __tracebackhide__ = True
    if not faults:
        refuse(saw="Valkey holds no such key", wants=wants)
    saw = {key: f"{short(key)} {fault}" for key, fault in faults.items() if fault}
    if saw:
        places = dict.fromkeys(str(place) for key in saw if (place := trips.where_of(key)))
        refuse(saw="\n".join(saw.values()), wants=wants, look_at=", ".join(places) or None)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


async def read_one(client: AsyncClient, user_id: UUID) -> Response:
    """Open one profile."""
    return await client.get(f"{USERS}/{user_id}")


async def read_page(client: AsyncClient, user_id: UUID) -> Response:
    """Open a thread in which three doctors have written."""
    return await client.get(USERS, params={"user_id": [str(user_id), str(ROHAN), str(FARAH)]})


async def edit(client: AsyncClient, user_id: UUID) -> Response:
    """Move to another city."""
    return await client.patch(ME, json=MOVED, headers={"X-User-Id": str(user_id)})


@pytest.mark.guideline("L195", "L201", "L237")
@pytest.mark.parametrize("ask", [read_one, read_page])
async def test_a_profile_that_was_read_expires(
    ask: Ask, client: AsyncClient, valkey: Redis, valkey_probe: ValkeyProbe, serve: Serve
) -> None:
    """What a read leaves in the cache is gone after five minutes, alone or on a page."""
    with valkey_probe.record() as trips:
        serve.expect(await ask(client, ASHA), 200, wants="profiles")
    expect_between(await valkey_probe.keys(valkey, "user:"), (60, 300), trips, wants=FIVE_MINUTES)


@pytest.mark.guideline("L195", "L201", "L237")
@pytest.mark.parametrize("cached", [True, False], ids=["cached", "new"])
async def test_a_profile_that_was_changed_expires(
    *,
    cached: bool,
    client: AsyncClient,
    valkey: Redis,
    valkey_probe: ValkeyProbe,
    serve: Serve,
) -> None:
    """A change leaves no profile for ever, whether it was in the cache before or not."""
    with valkey_probe.record() as trips:
        if cached:
            serve.expect(await read_one(client, ASHA), 200, wants="a profile")
        serve.expect(await edit(client, ASHA), 200, wants="the changed profile")
    serve.expect(await read_one(client, ASHA), 200, wants="the changed profile")
    expect_between(await valkey_probe.keys(valkey, "user:"), (60, 300), trips, wants=FIVE_MINUTES)


@pytest.mark.guideline("L195", "L237")
async def test_a_lost_connection_leaves_no_counter_for_ever(drop_everywhere: Dropped) -> None:
    """Whenever the line to Valkey is lost, the counter of edits has an end."""
    await drop_everywhere(edit, "rate:")


@pytest.mark.guideline("L195", "L237")
@pytest.mark.parametrize("ask", [read_one, read_page, edit])
async def test_a_lost_connection_leaves_no_profile_for_ever(
    ask: Ask, drop_everywhere: Dropped
) -> None:
    """Whenever the line to Valkey is lost, the profiles that it holds have an end."""
    await drop_everywhere(ask, "user:")


@pytest.mark.guideline("L195")
async def test_a_window_may_end_between_two_commands(
    client: AsyncClient,
    valkey_line: ValkeyLine,
    valkey: Redis,
    valkey_probe: ValkeyProbe,
    serve: Serve,
) -> None:
    """A counter that expires while a request is on its way does not come back for ever."""

    key = f"rate:profile:{ASHA}"
    for number in count(1):
        await valkey.flushdb()
        with valkey_probe.record() as trips, valkey_line.before(number, lambda: valkey.delete(key)):
            serve.expect(await edit(client, ASHA), 200, wants="the changed profile")
        if len(valkey_line.carried) < number:
            return
        if (await valkey_probe.keys(valkey, key)).get(key, 0) is None:
            places = [trip.where for trip in trips if trip.where and key in str(trip.commands)]
            refuse(
                saw=f"the window ended before {valkey_line.carried[number - 1]}, which began a new "
                f"one:\n{short(key)} lives for ever",
                wants=ONE_STEP_ALONE,
                look_at=str(places[-1]),
            )


@pytest.mark.guideline("L195", "L201")
async def test_five_edits_in_a_window_that_ends(
    client: AsyncClient, valkey: Redis, valkey_probe: ValkeyProbe, serve: Serve
) -> None:
    """The sixth edit of a window is refused, and a refused try does not make the window longer."""
    with valkey_probe.record() as trips:
        for _ in range(5):
            serve.expect(await edit(client, ASHA), 200, wants="five edits a minute")
        serve.expect(await edit(client, ASHA), 429, wants="no sixth edit in the same minute")
        serve.expect(await edit(client, ROHAN), 200, wants="a limit for each doctor alone")
    written = await valkey_probe.keys(valkey, "rate:")
    expect_between(written, (60, 60), trips, wants=A_MINUTE, since=SEVEN_EDITS)
    key = f"rate:profile:{ASHA}"
    await valkey.expire(key, SOON)  # 40 seconds later …
    with valkey_probe.record() as trips:
        serve.expect(await edit(client, ASHA), 429, wants="no sixth edit in the same minute")
    expect_no_longer(
        await valkey_probe.keys(valkey, key), "a refused edit", trips, wants=A_FIXED_WINDOW
    )
    await valkey.delete(key)  # … and at its end
    serve.expect(await edit(client, ASHA), 200, wants="edits again when the window is over")


@pytest.mark.guideline("L201")
async def test_a_read_does_not_make_a_profile_live_longer(
    client: AsyncClient,
    directory: CountingDirectory,
    valkey: Redis,
    valkey_probe: ValkeyProbe,
    serve: Serve,
) -> None:
    """A read does not make a profile live longer: what is always read ages too."""
    serve.expect(await read_page(client, ASHA), 200, wants="three profiles")
    for key in await valkey_probe.keys(valkey, "user:"):
        await valkey.expire(key, SOON)  # 280 seconds later
    directory.asked.clear()
    seen = []
    for ask in (read_one, read_page):
        with valkey_probe.record() as trips:
            serve.expect(await ask(client, ASHA), 200, wants="profiles")
        seen.append((await valkey_probe.keys(valkey, "user:"), trips))
    if not directory.asked:  # what was loaded anew begins anew
        for keys, trips in seen:
            expect_no_longer(keys, "a read", trips, wants=AGED)


@pytest.mark.guideline("L195")
async def test_the_second_read_asks_nobody(
    client: AsyncClient, directory: CountingDirectory, serve: Serve
) -> None:
    """The directory is asked for a doctor once; after that the cache answers."""
    for _ in range(2):
        serve.expect(await read_one(client, ASHA), 200, wants="a profile")
    directory.expect_asked(ASHA)
    for _ in range(2):
        page = serve.expect(await read_page(client, ASHA), 200, wants="three profiles").json()
        expect_equal(_ids(page), [ASHA, ROHAN, FARAH], name="ids", wants="the doctors asked for")
    directory.expect_asked(ASHA, ROHAN, FARAH)


@pytest.mark.guideline("L195")
async def test_a_change_is_seen_at_once(
    client: AsyncClient, directory: CountingDirectory, serve: Serve
) -> None:
    """A read after a change shows it, and the reads after that come from the cache again."""
    serve.expect(await read_page(client, ASHA), 200, wants="three profiles")
    serve.expect(await edit(client, ASHA), 200, wants="the changed profile")
    directory.asked.clear()
    for ask in (read_one, read_one, read_page):
        answer = serve.expect(await ask(client, ASHA), 200, wants="the changed profile").json()
        first = answer["items"][0] if "items" in answer else answer
        expect_equal(first["full_name"], "Dr. Asha Menon", name="the name", wants=AS_CHANGED)
        expect_equal(first["city"], "Pune", name="the city", wants=AS_CHANGED)
    directory.expect_asked(ASHA, least=0)


async def test_nobody_is_made_up(client: AsyncClient, serve: Serve) -> None:
    """Who is not in the directory is not found, and is left out of a page."""
    stranger = UUID(int=0xFF)
    serve.expect(await read_one(client, stranger), 404, wants="no profile of a stranger")
    serve.expect(await edit(client, stranger), 404, wants="no edit of a stranger")
    page = serve.expect(await read_page(client, stranger), 200, wants="the two others").json()
    expect_equal(_ids(page), [ROHAN, FARAH], name="ids", wants="the two who are in the directory")


def _ids(page: dict[str, list[dict[str, str]]]) -> list[UUID]:
    return [UUID(user["user_id"]) for user in page["items"]]
