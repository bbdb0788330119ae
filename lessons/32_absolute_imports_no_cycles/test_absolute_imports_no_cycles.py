"""Absolute imports that name a module, and none that leads back to where it came from."""

import ast
import importlib
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import grimp
import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import slice_frame_of
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.processes import Processes
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient

from src.main import create_app

HERE = Path(__file__).parent
DOMAINS = ("users", "posts", "notifications")
PROGRAMS = ("src.main", "src.digest")
DIGEST = [
    "Dr. Asha Menon, cardiology: posts 2",
    "Dr. Rohan Kulkarni, orthopaedics: posts 1",
    "Imran Sheikh: posts 0",
]
NOTHING = object()
ONE_WAY = (
    "imports that never lead back: what two modules share stands below both,"
    " and what needs both stands above them"
)


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L153")
async def test_the_digest_starts(processes: Processes) -> None:
    """The weekly job, a second way into the same code, starts and writes its lines."""
    digest = await processes.python("-m", "src.digest", ready="")
    code = await digest.ended(wants="a digest that comes to an end")
    if code != 0:
        refuse(
            saw=f"`{digest.command}` ended with exit code {code}:"
            f" {without_path(digest.output[-1])}",
            wants="a digest that starts, whatever the API imports first",
            look_at="src/digest.py",
        )
    expect_equal(digest.output, DIGEST, name="the digest", wants="one line for each user")


@pytest.mark.guideline("L153")
def test_any_module_can_be_imported_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Whichever module of the slice a program begins with, it can be imported."""
    failures = {first: error for first in modules() if (error := error_of_beginning_with(first))}
    if failures:
        first, error = next(iter(failures.items()))
        refuse(
            saw=f"{len(failures)} of {len(modules())} modules cannot be imported first:"
            f" {', '.join(failures)}.\nBeginning with {first}: {reason(error)}",
            wants="modules that can be imported in any order",
            look_at=str(slice_frame_of(error) or first),
        )
    expect_equal(capsys.readouterr().out, "", name="what the imports print", wants="nothing")


@pytest.mark.guideline("L153")
def test_an_import_changes_no_other_module() -> None:
    """What a module holds does not depend on what else has been imported after it."""
    for first in modules():
        with nothing_imported():
            change = change_after_beginning_with(first)
        if change:
            other, (module, *rest) = change
            refuse(
                saw=f"a program that begins with {first}, and imports {other} later,"
                f" has another {module}{''.join(rest)} than before",
                wants="modules that are whole when they are imported, whatever else is",
                look_at=module,
            )


@pytest.mark.guideline("L152", "L153")
def test_no_import_leads_back() -> None:
    """Whoever follows the imports of a module, those inside functions too, never returns to it."""
    graph = import_graph()
    found = cycles(graph)
    if found:
        steps = list(zip(found[0], found[0][1:], strict=False))
        more = f"\n… and {len(found) - 1} more of this kind" if len(found) > 1 else ""
        refuse(
            saw="\n".join([" → ".join(found[0]), *(line_of(graph, *step) for step in steps)])
            + more,
            wants=ONE_WAY,
            look_at=line_of(graph, *steps[0]).partition(" ")[0],
        )


@pytest.mark.guideline("L150", "L151", "L323")
def test_another_domain_is_imported_by_its_full_name() -> None:
    """An import that leaves its own domain begins at src and names the module it means."""
    unclear = [
        (f"{path}:{node.lineno}", ast.unparse(node), fault)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (fault := fault_of(node, path))
    ]
    if unclear:
        refuse(
            saw="\n".join(f"{place} {text}: {fault}" for place, text, fault in unclear[:4]),
            wants="absolute imports with explicit module names, as"
            " `from src.auth import constants as auth_constants`",
            look_at=unclear[0][0],
        )


async def test_a_like_is_told_to_the_author(client: AsyncClient, serve: Serve) -> None:
    """Whoever likes a post is named, with the title, in what its author receives."""
    for liker, name in (
        ("u-rohan", "Dr. Rohan Kulkarni, orthopaedics"),
        ("u-imran", "Imran Sheikh"),
    ):
        answer = await client.post("/api/v1/posts/p-1/like", headers={"X-User-Id": liker})
        expect_equal(
            serve.expect(answer, 200, wants="a like, as before").json(),
            {
                "recipient_id": "u-asha",
                "type": "like",
                "snippet": f"{name} likes “Reading a wide QRS at 3 a.m.”",
            },
            name="the notification",
            wants="the notification as before",
        )
    for path, headers, status in (
        ("/api/v1/posts/p-1/like", {"X-User-Id": "u-nobody"}, 401),
        ("/api/v1/posts/p-9/like", {"X-User-Id": "u-imran"}, 404),
    ):
        answer = await client.post(path, headers=headers)
        serve.expect(answer, status, wants="the refusal as before")


async def test_a_post_is_shown_with_its_author(client: AsyncClient, serve: Serve) -> None:
    """A card names its author, and a text of over 160 characters is cut between two words."""
    long = serve.expect(await client.get("/api/v1/posts/p-1"), 200, wants="the card").json()
    expect_equal(
        (long["author_name"], long["snippet"].rpartition(", ")[2], len(long["snippet"])),
        ("Dr. Asha Menon, cardiology", "and call for help early…", 158),
        name="author, end and length",
        wants="the card as before",
    )
    short = serve.expect(await client.get("/api/v1/posts/p-2"), 200, wants="the card").json()
    expect_equal(
        short,
        {
            "post_id": "p-2",
            "title": "Ankle fractures: when is a plain film enough?",
            "author_name": "Dr. Rohan Kulkarni, orthopaedics",
            "snippet": "Three views, and a look at the proximal fibula.",
        },
        name="the card",
        wants="the card as before",
    )
    left = serve.expect(await client.get("/api/v1/posts/p-5"), 200, wants="the card").json()
    expect_equal(left["author_name"], None, name="an author who has left", wants="null")
    serve.expect(await client.get("/api/v1/posts/p-9"), 404, wants="404 for a post that is not")


async def test_a_profile_counts_the_posts(client: AsyncClient, serve: Serve) -> None:
    """A profile has the name and the number of posts, and nobody has none."""
    for user_id, name, count in (
        ("u-asha", "Dr. Asha Menon, cardiology", 2),
        ("u-rohan", "Dr. Rohan Kulkarni, orthopaedics", 1),
        ("u-imran", "Imran Sheikh", 0),
    ):
        answer = await client.get(f"/api/v1/users/{user_id}")
        expect_equal(
            serve.expect(answer, 200, wants="the profile").json(),
            {"user_id": user_id, "name": name, "post_count": count},
            name="the profile",
            wants="the profile as before",
        )
    serve.expect(await client.get("/api/v1/users/u-x"), 404, wants="404 for nobody")


def test_each_domain_keeps_its_own_service() -> None:
    """The way out of a cycle is a better boundary, and not one module for everything."""
    for domain in DOMAINS:
        path = HERE / "src" / domain / "service.py"
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module()
        if not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(tree)):
            refuse(
                saw=f"src/{domain}/service.py defines nothing of its own",
                wants="three domains, each with its own service",
                look_at=f"src/{domain}/service.py",
            )


def reason(error: Exception) -> str:
    """Return what an error says, without the advice and the path at its end."""
    return without_path(f"{type(error).__name__}: {error}")


def without_path(line: str) -> str:
    return line.partition(" (most likely")[0]


def modules() -> list[str]:
    """Return the names of all modules of the slice."""
    return [module_of(path) for path, _ in sources()]


def module_of(path: str) -> str:
    return ".".join(Path(path).with_suffix("").parts).removesuffix(".__init__")


def sources() -> list[tuple[str, ast.Module]]:
    """Return the path and the syntax tree of every file of the slice."""
    files = sorted((HERE / "src").rglob("*.py"))
    return [
        (file.relative_to(HERE).as_posix(), ast.parse(file.read_text(encoding="utf-8")))
        for file in files
    ]


def error_of_beginning_with(first: str) -> Exception | None:
    """Import `first` as a new interpreter does, before any other module; return what it raised."""
    with nothing_imported():
        try:
            importlib.import_module(first)
        except Exception as error:  # noqa: BLE001 - a module may raise anything
            return error
    return None


def change_after_beginning_with(first: str) -> tuple[str, tuple[str, ...]] | None:
    """Import `first`, then the others; return the one that changed what was there, and where.

    The programs themselves may put parts together, so they are not among the others.
    """
    others = sorted(modules(), key=lambda name: (name.count("."), name), reverse=True)
    try:
        importlib.import_module(first)
        before = contents()
        for other in (name for name in others if name not in PROGRAMS):
            importlib.import_module(other)
            after = contents()
            for place, value in after.items():
                if place[:-1] in before and before.get(place, NOTHING) is not value:
                    return other, place
    except Exception:  # noqa: BLE001 - another test says which module cannot be imported
        return None
    return None


def contents() -> dict[tuple[str, ...], object]:
    """Return what the imported modules of the slice hold, and what their containers hold."""
    found: dict[tuple[str, ...], object] = {}
    for module in filter(is_ours, list(sys.modules)):
        found[module,] = sys.modules[module]
        for name, value in vars(sys.modules[module]).items():
            if not is_dunder(name) and not isinstance(value, ModuleType):
                found[module, f".{name}"] = value
                found |= {(module, f".{name}", part): held for part, held in parts(value)}
    return found


def parts(value: object) -> list[tuple[str, object]]:
    """Return what a container, or a function, class or object of the slice, holds."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", held) for key, held in value.items()]
    if isinstance(value, list):
        return [(f"[{index}]", held) for index, held in enumerate(value)]
    if isinstance(value, set):
        return [(f"[{held!r}]", held) for held in value]
    if is_ours(getattr(value, "__module__", None) or "") and hasattr(value, "__dict__"):
        return [(f".{name}", held) for name, held in vars(value).items() if not is_dunder(name)]
    return []


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


@contextmanager
def nothing_imported() -> Iterator[None]:
    """Forget every module of the slice, and bring back at the end those that were there."""
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if is_ours(name)}
    try:
        yield
    finally:
        for name in filter(is_ours, list(sys.modules)):
            del sys.modules[name]
        sys.modules.update(before)


def is_ours(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] == "src"


def import_graph() -> grimp.ImportGraph:
    """Return who reaches whom: by an import anywhere in a file, or by a name; not for types."""
    graph = grimp.build_graph("src", cache_dir=None, exclude_type_checking_imports=True)
    for name in modules():
        if name not in graph.modules:
            refuse(
                saw=f"{name} lies in a folder without __init__.py, which tools do not look into",
                wants="a package for each domain, with an __init__.py",
            )
    for path, tree in sources():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and called(call) in {"import_module", "__import__"}:
                add_import(graph, path, call)
        for node, name in named(tree, graph.modules):
            imported = longest(name, graph.modules)
            if imported:
                add_edge(graph, path, node, imported)
    return graph


def named(tree: ast.Module, known: set[str]) -> Iterator[tuple[ast.expr, str]]:
    """Return what names a module of ours without an import: in a text, or by way of a package."""
    bound = names_bound(tree)
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.fullmatch(r"src(\.\w+)+(:\w+)?", text):
            yield node, text.partition(":")[0]
        if isinstance(node, ast.Attribute):
            root, _, rest = ast.unparse(node).partition(".")
            package = bound.get(root, "")
            # An import has already counted for the module that it binds.
            if package in known and longest(f"{package}.{rest}", known) != package:
                yield node, f"{package}.{rest}"


def names_bound(tree: ast.Module) -> dict[str, str]:
    """Return what the names mean that the absolute imports of a file bind."""
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                name = one.name if one.asname else one.name.partition(".")[0]
                bound[one.asname or name] = name
        if isinstance(node, ast.ImportFrom) and not node.level:
            bound |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return bound


def longest(name: str, known: set[str]) -> str | None:
    """Return the module of ours that a dotted name begins with, src itself aside."""
    steps = name.split(".")
    names = (".".join(steps[:count]) for count in range(len(steps), 1, -1))
    return next((one for one in names if one in known), None)


def called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def add_import(graph: grimp.ImportGraph, path: str, call: ast.Call) -> None:
    """Add to the graph what a call of `import_module` imports."""
    __tracebackhide__ = True
    target = call.args[0] if call.args else None
    if not isinstance(target, ast.Constant):
        refuse(
            saw=f"{ast.unparse(call)} imports a module whose name is not in the source",
            wants="imports that a reader and a tool can follow",
            look_at=f"{path}:{call.lineno}",
        )
    imported = importlib.util.resolve_name(target.value, module_of(path).rpartition(".")[0])
    if imported in graph.modules:
        add_edge(graph, path, call, imported)


def add_edge(graph: grimp.ImportGraph, path: str, node: ast.expr, imported: str) -> None:
    """Add to the graph that the line of a node reaches a module, unless an import says so."""
    importer = module_of(path)
    if importer == imported or graph.direct_import_exists(importer=importer, imported=imported):
        return
    graph.add_import(
        importer=importer,
        imported=imported,
        line_number=node.lineno,
        line_contents=ast.unparse(node),
    )


def cycles(graph: grimp.ImportGraph) -> list[list[str]]:
    """Return the ways that lead from a module back to it, the shortest first, each once."""
    found: dict[frozenset[str], list[str]] = {}
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            way_back = graph.find_shortest_chain(importer=imported, imported=importer)
            if way_back:
                found.setdefault(frozenset(way_back), [importer, *way_back])
    return sorted(found.values(), key=len)


def line_of(graph: grimp.ImportGraph, importer: str, imported: str) -> str:
    """Return the place and the text of the import."""
    detail = graph.get_import_details(importer=importer, imported=imported)[0]
    file = HERE.joinpath(*importer.split(".")).with_suffix(".py")
    if not file.is_file():
        file = file.with_suffix("") / "__init__.py"
    return f"{file.relative_to(HERE)}:{detail['line_number']} {detail['line_contents']}"


def fault_of(node: ast.ImportFrom, path: str) -> str | None:
    """Say what is unclear about an import that leaves the domain of its file, or None."""
    package = Path(path).parent.parts
    base = package[: len(package) - node.level + 1] if node.level else ()
    target = (*base, *(node.module or "").split(".")) if node.module else base
    if target[:1] != ("src",) or _domain((*target, node.names[0].name)) == _domain(
        Path(path).parts
    ):
        return None
    if node.level:
        return "relative"
    if node.names[0].name == "*":
        return "names nothing"
    if HERE.joinpath(*target).is_dir():
        hidden = [one.name for one in node.names if not is_module((*target, one.name))]
        return f"{hidden[0]} is in a module that the import does not name" if hidden else None
    return None


def is_module(parts: tuple[str, ...]) -> bool:
    place = HERE.joinpath(*parts)
    return place.is_dir() or place.with_suffix(".py").is_file()


def _domain(parts: tuple[str, ...]) -> str:
    return parts[1] if len(parts) > 1 else ""
