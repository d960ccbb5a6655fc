"""A real Wagtail site, read as people left it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import anyio
import httpx
import pytest
from typer.testing import CliRunner

from providers.sources import wagtail
from reconciler.cli.app import app
from reconciler.intent.loader import files_under, load
from reconciler.provider import Distrusted, Unauthorised, Unavailable, Wire
from tests.sources.site import LiveSite, served

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("wagtail")]

TARGETS = "market:\n  provider: saleor\n  environment: staging\n  sandbox: true\n"
MAPPING = """\
targets: [market]
mapping: offering
fields:
  category: {attribute: gsv_category}
  roles: {attribute: gsv_roles}
  capabilities: {attribute: gsv_capabilities}
  trial_available: {attribute: gsv_trial_available}
"""
TRIAL = "targets: [market]\ntaxonomy: gsv_trial_available\nlabel: Trial\ninput: boolean\n"
TAXONOMIES = """\
gsv_roles: {snippets: catalog.Role, label: Roles}
gsv_category: {snippets: catalog.Category, label: Category, input: dropdown}
gsv_capabilities: {snippets: catalog.Capability, label: Capabilities}
"""
OFFERINGS = "{pages: catalog.OfferingPage}"


@dataclass(frozen=True)
class Desk:
    """A workspace that is imported into. `token`: whose the source reads with."""

    folder: Path
    site: LiveSite
    patch: pytest.MonkeyPatch

    def configure(
        self, *, taxonomies: str = TAXONOMIES, offerings: str | None = OFFERINGS, **more: Any
    ) -> None:
        api = more.pop("api", "v3")
        lines = {
            "url": f"{self.site.url}/api/{api}/",
            "api": api,
            "credentials": "CMS",
            "target": "market",
            "mapping": "offering",
            **more,
        }
        text = "- source: wagtail\n" + "".join(f"  {k}: {v}\n" for k, v in lines.items())
        text += "  taxonomies:\n" + indent(taxonomies, "    ")
        text += f"  offerings: {offerings}\n" if offerings else ""
        self.write("sources.yaml", text)

    def write(self, path: str, text: str) -> None:
        full = self.folder / "desired" / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)

    def read(self, path: str) -> str:
        return (self.folder / "desired" / path).read_text()

    @property
    def contents(self) -> dict[str, bytes]:
        return dict(files_under(self.folder / "desired"))

    def run(self, *words: str, exit_code: int = 0) -> Any:
        """What a command says as JSON."""
        command = [*words, "--desired", str(self.folder / "desired"), "--json"]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def imported(self, *words: str, exit_code: int = 0) -> Any:
        return self.run("import", "wagtail", *words, exit_code=exit_code)

    def use(self, token: str) -> None:
        self.patch.setenv("CMS_TOKEN", token)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with served(tmp_path_factory.mktemp("wagtail")) as site:
        yield site


@pytest.fixture
def site(running: LiveSite) -> LiveSite:
    running.begin_anew()
    return running


@pytest.fixture
def desk(site: LiveSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace with a mapping, a source, and the token of somebody who may only view."""
    desk = Desk(tmp_path, site, monkeypatch)
    desk.write("targets.yaml", TARGETS)
    desk.write("mappings/offering.yaml", MAPPING)
    desk.write("taxonomies/trial.yaml", TRIAL)
    desk.configure()
    desk.use(site.tokens["reader"])
    return desk


# What is read


def test_the_first_import_writes_one_file_a_taxonomy_and_one_an_offering(desk: Desk) -> None:
    """Terms by their keys, offerings with what their pages say; valid by the program's check."""
    told = desk.imported()
    desk.run("validate")

    assert (told["terms"], told["offerings"], told["removals"]) == (50, 2, [])
    assert desk.read("taxonomies/gsv_roles.yaml") == dedent("""\
        targets: [market]
        taxonomy: gsv_roles
        label: Roles
        input: multiselect
        terms:
          customer_support:
            label: Customer Support
          sales_sdr:
            label: Sales / SDR
          hr:
            label: HR
        """)
    assert desk.read("offerings/customer-support-agent.yaml") == dedent("""\
        targets: [market]
        offering: customer-support-agent
        product:
          id: UHJvZHVjdDox
        mapping: offering
        fields:
          category: agent
          roles: [customer_support, hr]
          capabilities: [capability_3, capability_44]
          trial_available: true
        """)
    assert "product:" not in desk.read("offerings/meeting-scheduler.yaml")


def test_a_second_import_changes_no_byte(desk: Desk) -> None:
    """Nor does one after people wrote comments and fields of their own."""
    desk.imported()
    path = "taxonomies/gsv_roles.yaml"
    desk.write(path, "# Who it is for.\n" + desk.read(path).replace("HR", "HR  # says Ann"))
    before = desk.contents
    told = desk.imported()

    assert told["written"] == []
    assert desk.contents == before


def test_more_than_a_page_is_read_to_its_end(desk: Desk) -> None:
    """45 snippets in pages of 20, which is the most that the site allows."""
    desk.imported()
    (intent,) = [
        document
        for document in load(desk.contents).intents
        if getattr(document, "taxonomy", "") == "gsv_capabilities"
    ]

    assert len(intent.terms) == 45


def test_drafts_are_ignored(desk: Desk) -> None:
    """What was never published is no term and no offering; the draft of a published one is not
    what it says."""
    desk.site.edit(desk.site.snippet("Role", "hr"), publish=False, label="Draft of HR")
    desk.site.edit(desk.site.page("meeting-scheduler"), publish=False, trial_available=False)
    desk.imported()

    assert "operations" not in desk.read("taxonomies/gsv_roles.yaml")
    assert "Draft" not in desk.read("taxonomies/gsv_roles.yaml")
    assert not (desk.folder / "desired" / "offerings" / "unfinished.yaml").exists()
    assert "trial_available: true" in desk.read("offerings/meeting-scheduler.yaml")


def test_api_v2_says_the_same(desk: Desk) -> None:
    """By viewsets for snippets; `snippets` names their endpoints."""
    desk.write("mappings/offering.yaml", MAPPING.replace("capabilities: {", "# {"))
    two = "gsv_roles: {snippets: %s, label: Roles}\ngsv_category: {snippets: %s}\n"
    found = []
    for api, names in (
        ("v3", ("catalog.Role", "catalog.Category")),
        ("v2", ("roles", "categories")),
    ):
        desk.configure(api=api, taxonomies=two % names)
        desk.imported()
        found.append({p: c for p, c in desk.contents.items() if "sources" not in p})

    assert found[0] == found[1]


def test_private_pages_are_read_with_the_token(desk: Desk) -> None:
    """By somebody who may publish them, without the drafts that such a person sees; to anybody
    else Wagtail shows none, which is refused."""
    desk.configure(offerings="{pages: catalog.OfferingPage, private: true}")
    refused = desk.imported(exit_code=1)
    desk.use(desk.site.tokens["editor"])
    told = desk.imported()

    assert "allow it to edit or publish them" in refused["error"]["message"]
    assert told["offerings"] == 2


def test_a_rendition_becomes_an_absolute_address(desk: Desk) -> None:
    """Of the site that was asked, whatever the site calls itself; numbers and texts as they are,
    a term in a text field by its key."""
    more = "  picture: {attribute: a}\n  tagline: {attribute: b}\n  least: {attribute: c}\n"
    desk.write("mappings/offering.yaml", MAPPING + more + "  first_role: {attribute: d}\n")
    named = (
        "{picture: card_image, tagline: card_tagline, least: credits_estimate_min,"
        " first_role: primary_role}"
    )
    desk.configure(offerings=f"{{pages: catalog.OfferingPage, fields: {named}}}")
    desk.imported()
    helper = desk.read("offerings/customer-support-agent.yaml")

    assert f"picture: {desk.site.url}/media/images/card" in helper
    assert "tagline: The customer-support-agent" in helper
    assert "least: 3" in helper
    assert "first_role: customer_support" in helper
    assert "picture: null" in desk.read("offerings/meeting-scheduler.yaml")


# What changes


def test_a_label_moves_where_it_stands(desk: Desk) -> None:
    """In a file of any name, between people's comments; a new term comes behind the others."""
    written = dedent("""\
        # Who it is for.
        targets: [market]
        taxonomy: gsv_roles
        label: "Our roles"  # ours
        input: multiselect
        terms:
          hr: {label: HR}                  # people
          customer_support: {label: Support}
        """)
    desk.write("taxonomies/people.yaml", written)
    told = desk.imported()
    after = written.replace("label: Support", "label: Customer Support")

    assert desk.read("taxonomies/people.yaml") == after + "  sales_sdr: {label: Sales / SDR}\n"
    assert not (desk.folder / "desired" / "taxonomies" / "gsv_roles.yaml").exists()
    assert ["terms", "customer_support", "label"] in [change["place"] for change in told["changes"]]


def test_what_the_source_does_not_say_stays(desk: Desk) -> None:
    """Fields that are not mapped, a product that people name their way, terms in their order."""
    desk.configure(offerings="{pages: catalog.OfferingPage, fields: {roles: roles}}")
    written = dedent("""\
        targets: [market]
        offering: customer-support-agent
        product: {external_reference: "CS-1"}
        mapping: offering
        fields:
          roles: [hr, customer_support]   # in our order
          category: assistant             # we know better
        """)
    desk.write("offerings/helper.yaml", written)
    desk.imported()

    assert desk.read("offerings/helper.yaml") == written


def test_what_can_not_be_changed_alone_is_left_to_people(desk: Desk) -> None:
    """A label that is shared by an anchor: told with its place, and nothing is written."""
    desk.write(
        "taxonomies/people.yaml",
        "targets: [market]\ntaxonomy: gsv_roles\nlabel: Roles\ninput: multiselect\n"
        "terms:\n  hr: {label: &x Human}\ndescription: *x\n",
    )
    before = desk.contents
    (told,) = desk.imported(exit_code=3)["error"]["problems"]

    assert (told["path"], told["line"]) == ("desired/taxonomies/people.yaml", 6)
    assert "shared" in told["cause"]
    assert desk.contents == before


def test_an_offering_is_known_by_its_product(desk: Desk) -> None:
    """A page that moved to another slug is still the offering that names its product's id."""
    desk.imported()
    desk.site.edit(desk.site.page("customer-support-agent"), slug="helper", trial_available=False)
    told = desk.imported()

    assert told["written"] == ["offerings/customer-support-agent.yaml"]
    assert "trial_available: false" in desk.read("offerings/customer-support-agent.yaml")


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    """And says what it would."""
    before = desk.contents
    told = desk.imported("--dry-run")

    assert told["dry_run"]
    assert "taxonomies/gsv_roles.yaml" in told["written"]
    assert desk.contents == before


# What vanishes


def test_what_is_unpublished_is_proposed_to_be_taken_out(desk: Desk) -> None:
    """It stays until somebody consents, with what refers to it; then both go, and only they."""
    desk.imported()
    desk.site.unpublish(desk.site.snippet("Role", "hr"))
    desk.site.unpublish(desk.site.page("meeting-scheduler"))
    before = desk.contents
    told = desk.imported()
    untouched = desk.contents
    pruned = desk.imported("--prune")

    assert untouched == before
    assert [(r["what"], r["done"]) for r in told["removals"]] == [
        ("the term hr of gsv_roles", False),
        ("the offering meeting-scheduler", False),
    ]
    assert "is not published" in told["removals"][0]["why"]
    assert all(removal["done"] for removal in pruned["removals"])
    assert "hr" not in desk.read("taxonomies/gsv_roles.yaml")
    assert "roles: [customer_support]" in desk.read("offerings/customer-support-agent.yaml")
    assert "refers to catalog.Role 3, hr, which is not published" in pruned["warnings"][0]
    assert not (desk.folder / "desired" / "offerings" / "meeting-scheduler.yaml").exists()


def test_a_source_may_consent_for_good(desk: Desk) -> None:
    """`prune: true`; `import configured` takes what vanished out then."""
    desk.imported()
    desk.site.delete(desk.site.snippet("Capability", "capability_7"))
    desk.configure(prune="true")
    told = desk.run("import", "configured")

    assert [removal["done"] for removal in told["removals"]] == [True]
    assert "capability_7:" not in desk.read("taxonomies/gsv_capabilities.yaml")


def test_a_taxonomy_does_not_go_by_halves_unasked(desk: Desk) -> None:
    """All of it, or more than half, only when it is named; nothing is written before."""
    desk.imported()
    for key in ("hr", "sales_sdr", "customer_support"):
        desk.site.unpublish(desk.site.snippet("Role", key))
    before = desk.contents
    refused = desk.imported("--prune", exit_code=4)
    untouched = desk.contents
    desk.imported("--prune", "--allow", "gsv_roles")

    assert "3 of 3 terms of gsv_roles would be taken out" in refused["error"]["message"]
    assert "--prune --allow gsv_roles" in refused["error"]["message"]
    assert untouched == before
    assert desk.imported()["written"] == []
    assert "terms: {}" in desk.read("taxonomies/gsv_roles.yaml")


def test_an_unknown_name_is_not_allowed_quietly(desk: Desk) -> None:
    """Exit 2, with the nearest."""
    told = desk.imported("--prune", "--allow", "gsv_rols", exit_code=2)

    assert "did you mean gsv_roles?" in told["error"]["message"]


# What is refused


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("wagtail_wrong", "HTTP 401, Unauthorized · CMS_TOKEN is wrong or revoked"),
        ("nobody", "needs the permission to view snippets/catalog.Role/"),
        ("", "set CMS_TOKEN"),
    ],
)
def test_a_wrong_token_is_refused(desk: Desk, who: str, words: str) -> None:
    """Never taken for an empty site; and no message holds the token."""
    desk.imported()
    before = desk.contents
    desk.use(desk.site.tokens.get(who, who))
    if not who:
        desk.patch.delenv("CMS_TOKEN")
    told = desk.imported("--prune", exit_code=1)

    assert words in told["error"]["message"]
    assert not who or desk.site.tokens.get(who, who) not in json.dumps(told)
    assert desk.contents == before


BAD: dict[str, Callable[[LiveSite], None]] = {
    "the key 'Sales-SDR' of catalog.Category 3 (Sales) is no lowercase snake_case": lambda site: (
        site.add("Category", key="Sales-SDR", label="Sales")
    ),
    "catalog.Category 3 and catalog.Category 1 have one key, agent": lambda site: site.add(
        "Category", key="agent", label="Again"
    ),
    "names no product": lambda site: site.edit(
        site.page("meeting-scheduler"), saleor_product_slug=""
    ),
    "are one product, UHJvZHVjdDox": lambda site: site.edit(
        site.page("meeting-scheduler"), saleor_product_id="UHJvZHVjdDox"
    ),
}


@pytest.mark.parametrize("words", BAD)
def test_what_breaks_the_rules_is_told_with_its_place(desk: Desk, words: str) -> None:
    """The snippet or page, the entry of sources.yaml, and what to do; nothing is written."""
    before = desk.contents
    BAD[words](desk.site)
    told = desk.imported(exit_code=3)["error"]["problems"]

    assert any(words in problem["cause"] for problem in told), told
    assert {problem["path"] for problem in told} == {"desired/sources.yaml"}
    assert desk.contents == before


SOURCES = {
    "the mapping offering has no field nothing": {
        "offerings": "{pages: catalog.OfferingPage, fields: {nothing: roles}}"
    },
    "the pages of catalog.OfferingPage tell no nothing": {
        "offerings": "{pages: catalog.OfferingPage, fields: {roles: nothing}}"
    },
    "wagtailimages.Image 1 has no address": {
        "offerings": "{pages: catalog.OfferingPage, fields: {roles: picture}}"
    },
    "is a term of no taxonomy of this source": {
        "taxonomies": "gsv_roles: {snippets: catalog.Role}\n",
        "offerings": "{pages: catalog.OfferingPage, fields: {category: category}}",
    },
    "which of catalog.Whispered are published can not be told": {
        "taxonomies": "gsv_roles: {snippets: catalog.Whispered}\n",
        "offerings": None,
    },
    "the snippets of catalog.Role tell no title": {
        "taxonomies": "gsv_roles: {snippets: catalog.Role, fields: {label: title}}\n",
        "offerings": None,
    },
}


@pytest.mark.parametrize("words", SOURCES)
def test_a_source_that_does_not_fit_its_site_is_told(desk: Desk, words: str) -> None:
    """At its line, before anything is written."""
    desk.configure(**SOURCES[words])
    told = desk.imported(exit_code=3)["error"]["problems"]

    assert any(words in problem["cause"] for problem in told), told


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"page_size": 50}, "limit cannot be higher than 20 · lower page_size"),
        ({"taxonomies": "gsv_roles: {snippets: catalog.Rolle}\n"}, "models need api_fields"),
        ({"api": "v2"}, "HTTP 404 · check the url"),
        ({"url": "http://127.0.0.1:1/"}, "ConnectError"),
    ],
)
def test_what_the_site_will_not_answer_is_told(
    desk: Desk, more: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 4xx at once, in the site's words."""
    monkeypatch.setattr("providers.kit.retry.BASE_SECONDS", 0.0)
    desk.configure(**more)
    told = desk.imported(exit_code=1)

    assert words in told["error"]["message"]


class Between(httpx.AsyncBaseTransport):
    """Answers in the site's place, or changes what it says."""

    def __init__(self, change: Callable[[httpx.Request, dict[str, Any]], httpx.Response]) -> None:
        self.inner, self.change, self.asked = httpx.AsyncHTTPTransport(), change, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        response = await self.inner.handle_async_request(request)
        await response.aread()
        await self.inner.aclose()
        return self.change(request, response.json())


def read_through(desk: Desk, wire: Wire) -> wagtail.Import:
    desired = load(desk.contents)
    (entry,) = desired.sources

    async def read() -> wagtail.Import:
        async with wagtail.opened(entry, wire) as site:
            content = await wagtail.read(site, None)
        return wagtail.imported(entry, content, desk.contents, wagtail.Consent())

    return anyio.run(read)


def test_a_short_list_is_distrusted(desk: Desk) -> None:
    """A site that says four and gives three has kept one back."""

    def shortened(_: httpx.Request, told: dict[str, Any]) -> httpx.Response:
        items = told.get("items", [])
        return httpx.Response(200, json={**told, "items": items[:-1]} if items else told)

    with pytest.raises(Distrusted, match=r"says 4, and 3 rows were read"):
        read_through(desk, Between(shortened))


def test_a_site_that_is_down_for_a_moment_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 and 5xx: five attempts in all; then it is told."""
    monkeypatch.setattr("providers.kit.retry.BASE_SECONDS", 0.0)
    left = [503, 429, 502]

    def once_more(_: httpx.Request, told: dict[str, Any]) -> httpx.Response:
        return httpx.Response(left.pop()) if left else httpx.Response(200, json=told)

    down = Between(lambda *_: httpx.Response(503))
    result = read_through(desk, Between(once_more))
    with pytest.raises(Unavailable, match="HTTP 503, after 5 attempts"):
        read_through(desk, down)

    assert result.files
    assert down.asked == 5


# Drift


def test_drift_tells_what_is_behind_its_source(desk: Desk) -> None:
    """In JSON and in Markdown, and writes nothing."""
    desk.imported()
    desk.site.edit(desk.site.snippet("Role", "hr"), label="People")
    desk.site.unpublish(desk.site.snippet("Role", "sales_sdr"))
    before = desk.contents
    page = desk.folder / "drift.md"
    told = desk.run("drift", "--markdown", str(page))["warnings"]

    assert any('terms.hr.label: "HR" → "People"' in text for text in told), told
    assert any("the term sales_sdr of gsv_roles: catalog.Role 2" in text for text in told)
    assert "terms.hr.label" in page.read_text()
    assert desk.contents == before


def test_drift_goes_on_without_a_source(desk: Desk) -> None:
    """One that can not be read is a warning; one without its credential is passed over."""
    desk.imported()
    desk.use("wagtail_wrong")
    wrong = desk.run("drift")["warnings"]
    desk.patch.delenv("CMS_TOKEN")
    silent = desk.run("drift")["warnings"]

    assert any("could not be read" in text and "CMS_TOKEN is wrong" in text for text in wrong)
    assert not any(desk.site.url in text for text in silent)


# Which source


def test_a_source_is_chosen_by_number_or_address(desk: Desk) -> None:
    """An unknown one is refused, with the known."""
    by_number = desk.imported("--source", "1", "--dry-run")
    by_url = desk.imported("--source", f"{desk.site.url}/api/v3", "--dry-run")
    unknown = desk.imported("--source", "2", exit_code=2)

    assert by_number == by_url
    assert f"known: 1 ({desk.site.url}/api/v3/)" in unknown["error"]["message"]


def test_unauthorised_is_what_it_is(desk: Desk) -> None:
    """A session with a wrong token does not open: pages would be shown to it as to anybody."""
    desk.use("wagtail_wrong")
    (entry,) = load(desk.contents).sources

    async def open_it() -> None:
        async with wagtail.opened(entry):
            pass

    with pytest.raises(Unauthorised):
        anyio.run(partial(open_it))
