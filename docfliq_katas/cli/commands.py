"""The commands of `kata`: arguments and help here, the work elsewhere."""

# ruff: noqa: FBT002 - Typer reads flags from defaults
# ruff: noqa: PLR0913, PLR0917 - an option of a command is a parameter of its function
# ruff: noqa: PLC0415 - a command imports heavy things when it is called: help, hints and lists come at once
from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import Annotated

import typer

from docfliq_katas import catalogue, dashboard, order
from docfliq_katas.cli import attempting, helping, voice

app = typer.Typer(
    help="Short lessons in writing FastAPI backends, on real servers. Without a command: how far you are.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
services = typer.Typer(help="The servers that lessons talk to.", rich_markup_mode=None)
app.add_typer(services, name="services", invoke_without_command=True)

Query = Annotated[str, typer.Argument(metavar="NN", help="A lesson: 38, n_plus_one or its folder.")]


@app.callback(invoke_without_command=True)
def course(context: typer.Context) -> None:
    """Show how far you are, and the next lesson."""
    if context.invoked_subcommand is None:
        following = order.next_lesson()
        voice.say(*dashboard.overview(plain=voice.plain()))
        if following and not voice.plain() and voice.agrees("\nRun it now, and again after every save?"):
            from docfliq_katas.watch import watch

            watch(following)


@app.command("next")
def next_lesson() -> None:
    """Show the ticket of the next lesson."""
    voice.say(*dashboard.ticket(plain=voice.plain()))


@app.command("list")
def list_lessons() -> None:
    """List all lessons and how each one stands."""
    voice.say(*dashboard.listing())


@app.command("test")
def run_tests(
    query: Query,
    overlay: Annotated[
        str,
        typer.Option(
            metavar="WHAT", help="mine, starter, reference, accepted/NAME, rejected/NAME, or a folder with src/."
        ),
    ] = "mine",
    full: Annotated[bool, typer.Option("--full", help="Show pytest's own long reports.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events, one JSON object a line.")] = False,
    paths: Annotated[bool, typer.Option("--paths", help="Close with file:line of each red test, for editors.")] = False,
) -> int:
    """Run a lesson in a throw-away copy: your files, or another answer laid over the starter."""
    from docfliq_katas.cli import judging

    if as_json:
        return judging.judge_for_programs(catalogue.find(query), overlay)
    return judging.judge(catalogue.find(query), overlay, full=full, paths=paths)


@app.command()
def watch(
    query: Annotated[str | None, typer.Argument(metavar="NN", help="A lesson; the next one by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print events, one JSON object a line.")] = False,
    paths: Annotated[bool, typer.Option("--paths", help="Add file:line of each red test, for editors.")] = False,
) -> int:
    """Follow a lesson: run it after every save, until q or Ctrl-C."""
    from docfliq_katas import watch as watching

    lesson = catalogue.find(query) if query else order.next_lesson() or catalogue.lessons()[0]
    return watching.watch_for_programs(lesson) if as_json else watching.watch(lesson, paths=paths)


@app.command()
def hint(query: Query) -> None:
    """Show one more hint; there are three."""
    helping.hint(catalogue.find(query))


@app.command()
def diff(query: Query, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Compare your files with the reference."""
    helping.difference(catalogue.find(query), agreed=yes)


@app.command("trace")
def trace_requests(
    query: Query,
    test: Annotated[
        str | None, typer.Argument(metavar="TEST", help="A test, or a part of its name; by default a red one.")
    ] = None,
    overlay: Annotated[
        str, typer.Option(metavar="WHAT", help="mine, starter, reference, accepted/NAME, rejected/NAME, or a folder.")
    ] = "mine",
    compare: Annotated[bool, typer.Option("--compare", help="Show the reference's picture too.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the picture as a page, too.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --compare: do not ask.")] = False,
) -> None:
    """Draw what happened during the requests of a test: statements, round trips, stalls, threads."""
    from docfliq_katas.cli import tracing

    tracing.trace(catalogue.find(query), test, overlay=overlay, compare=compare, html=html, agreed=yes)


@app.command()
def reset(
    query: Query,
    tests: Annotated[bool, typer.Option("--tests", help="Put back only the course's own test file.")] = False,
) -> None:
    """Bring the starter back; what you had is kept."""
    attempting.reset(catalogue.find(query), only_tests=tests)


@app.command()
def attempts(
    query: Query,
    restore: Annotated[str | None, typer.Option(metavar="ID", help="Bring this attempt back.")] = None,
) -> None:
    """List what was kept of a lesson, or bring one attempt back."""
    lesson = catalogue.find(query)
    if restore is None:
        attempting.show(lesson)
    else:
        attempting.restore(lesson, restore)


@app.command()
def run(
    query: Query,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when a file changes.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free one.")] = 0,
) -> int:
    """Start the lesson's app with example data; Ctrl-C ends it."""
    from docfliq_katas import play

    return play.run(catalogue.find(query), reload=reload, port=port)


@services.callback(invoke_without_command=True)
def all_services(context: typer.Context) -> None:
    """Without a command: how the servers are."""
    if context.invoked_subcommand is None:
        services_status()


@services.command("status")
def services_status() -> None:
    """Show how the servers are; starts none."""
    from docfliq_katas.cli import serving

    serving.status()


@services.command("up")
def services_up() -> None:
    """Start the servers that are not up."""
    from docfliq_katas.cli import serving

    serving.up()


@services.command("down")
def services_down() -> None:
    """Stop the servers."""
    from docfliq_katas.cli import serving

    serving.down()


@app.command()
def docs(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free one.")] = 8000,
) -> int:
    """Show the pages of all lessons and your progress in a browser, on this machine, until Ctrl-C."""
    from docfliq_katas.pages import serve

    return serve(port)


@app.command()
def doctor() -> int:
    """Say what is wrong with this machine or this checkout, and what to do."""
    from docfliq_katas import doctor as practice

    return practice.examine()


@app.command()
def check(
    queries: Annotated[list[str] | None, typer.Argument(metavar="NN", help="Lessons; all of them by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every verdict as JSON.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Record seals and golden messages anew.")] = False,
    repeat: Annotated[int, typer.Option(min=0, help="Instead: run everything so often, and compare verdicts.")] = 0,
    shuffle: Annotated[bool, typer.Option("--shuffle", help="With --repeat: in random order.")] = False,
    load: Annotated[bool, typer.Option("--load", help="With --repeat: keep the processors busy.")] = False,
    mutants: Annotated[bool, typer.Option("--mutants", help="Instead: change references, tests must notice.")] = False,
) -> int:
    """Prove lessons: starter red, right answers green, wrong ones refused."""
    from docfliq_katas.check import check as gate
    from docfliq_katas.check import check_mutants, check_steadiness

    if mutants:
        return check_mutants(queries or [])
    if repeat:
        return check_steadiness(queries or [], repeat=repeat, shuffle=shuffle, load=load)
    return gate(queries or [], as_json=as_json, record=record)


@app.command("new")
def new_lesson(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Its name in snake_case, such as n_plus_one.")],
    number: Annotated[
        int | None, typer.Option(min=1, max=99, help="Its number, where the plan gives none; a free one by default.")
    ] = None,
    chapter: Annotated[
        str | None, typer.Option(metavar="KEY", help="Of lessons/chapters.toml; a neighbour's by default.")
    ] = None,
) -> None:
    """For authors: make the files of a new lesson, each saying what is to be written in it."""
    from docfliq_katas.cli import authoring

    authoring.new(slug, number=number, chapter=chapter)


@app.command()
def verify() -> int:
    """Run the project's own tests, then prove every lesson."""
    from docfliq_katas.cli import verifying

    return verifying.verify()
