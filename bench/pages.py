"""Pages on a data set of honest size: time, queries, against a bare view, and whether they grow with the table.

Three web servers run side by side and are asked in turn, so that a noisy machine is as noisy for all of them: the
product on the large data set, the product on one a tenth its size, and a bare view.
"""

import random
from dataclasses import dataclass, field

from django.core.management import call_command

from bench.population.dataset import ready

from .cast import viewers
from .figures import note, percentile
from .processes import Crew, Web
from .scenes import scenes
from .visitors import Visitor, closed_loops

CLIENTS, TURNS, SEED = 2, 100, 1
LARGE, TENTH = 1_000_000, 100_000
LIMIT_MS, MOST_QUERIES = 60, 15
GROWN = 1.5  # ten times the rows may not cost more than this


@dataclass
class Times:
    """What the requests to one place took."""

    all: list[float] = field(default_factory=list)
    in_database: list[float] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    slowest: str = ""

    def took(self, answer, address: str) -> None:
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}")
        if answer.milliseconds > max(self.all, default=0):
            self.slowest = address
        self.all.append(answer.milliseconds)
        self.in_database.append(answer.in_database)
        self.asked.append(answer.queries)

    @property
    def queries(self) -> int:
        """The most that any of them asked: once a minute one also notes that its session is alive."""
        return max(self.asked)

    @property
    def usual_queries(self) -> float:
        """Of the fullest pages, without the rare request that notes the session."""
        return percentile(self.asked, 90)

    @property
    def p50(self) -> float:
        return percentile(self.all, 50)

    @property
    def p95(self) -> float:
        return percentile(self.all, 95)


@dataclass
class Place:
    """A web server with the pages one viewer asks of it."""

    web: Web
    session: str
    addresses: list[str]
    every: int = 1  # asked in every so manieth turn

    def visitor(self) -> Visitor:
        return Visitor(self.web.port, self.session)


def look(places: list[Place], turns: int = TURNS) -> list[Times]:
    """Two clients ask each place in turn, one request after another."""
    dice, times = random.Random(SEED), [Times() for _ in places]
    for place in places:
        for address in place.addresses:  # once before it counts: what is read for the first time comes from the disk
            place.visitor().get(address)
    orders = [[dice.choices(place.addresses, k=turns) for place in places] for _ in range(CLIENTS)]
    visitors = [[place.visitor() for place in places] for _ in range(CLIENTS)]

    def turn(client: int, n: int) -> None:
        for which, place in enumerate(places):
            if n % place.every == 0:
                address = orders[client][which][n]
                times[which].took(visitors[client][which].get(address), address)

    closed_loops(CLIENTS, turn, turns)
    return times


def pages(ground, sheet) -> None:
    with Crew(ground.place) as crew:
        tenth, scenes_of_tenth = _served(ground, crew, TENTH)
        large, scenes_of_large = _served(ground, crew, LARGE)
        bare = crew.web("bare", WEB_WORKERS="2", TIMING="1", DJANGO_SETTINGS_MODULE="bench.bare_settings").wait(
            "/bare/"
        )
        grown, more_queries = {}, []
        for (viewer, name), addresses in scenes_of_large.items():
            figure = f"page_{name}_{viewer}_p95"
            if not sheet.wants(figure):
                continue
            places = [
                Place(large, addresses.session, addresses.of_page),
                Place(tenth, (other := scenes_of_tenth[viewer, name]).session, other.of_page),
                Place(bare, "", ["/bare/"], every=2),
            ]
            now, before, plain = look(places)
            grown[figure] = now.p50 / before.p50
            more_queries += [figure] if now.usual_queries > before.usual_queries else []
            sheet.add(
                figure, now.p95, "ms", LIMIT_MS, holds=now.queries <= MOST_QUERIES, queries=now.queries,
                queries_limit=MOST_QUERIES, p50=now.p50, in_database_p50=percentile(now.in_database, 50),
                ratio_to_bare_view=now.p50 / plain.p50, bare_p50=plain.p50, bare_p95=plain.p95, grown=grown[figure],
                tenth_p95=before.p95, slowest=now.slowest, count=len(now.all), incidents=LARGE,
            )  # fmt: skip
    if grown:
        worst = max(grown, key=grown.get)
        over = [figure for figure, times in grown.items() if times > GROWN]
        sheet.add(
            "growth_of_pages", grown[worst], "×", GROWN, holds=not more_queries, worst=worst, over=over,
            more_queries=more_queries, incidents=[TENTH, LARGE],
        )  # fmt: skip


def served(crew: Crew, name: str = "web") -> Web:
    """The product's web server with two workers and the stopwatch running."""
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    return crew.web(name, WEB_WORKERS="2", TIMING="1").wait()


@dataclass
class Asked:
    session: str
    of_page: list[str]


def _served(ground, crew: Crew, count: int) -> tuple[Web, dict[tuple[str, str], Asked]]:
    ready(ground, f"n{count}", count)
    web = served(crew, f"web-{count}")
    note(f"served: {count} incidents")
    found = {
        (viewer.name, name): Asked(viewer.session, addresses)
        for viewer in viewers()
        for name, addresses in scenes(viewer).items()
    }
    return web, found
