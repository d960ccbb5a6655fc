"""What taxonomies, mappings and offerings come to on Saleor, and what they can not come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from providers.saleor import PROVIDER
from providers.saleor.client import Settings
from providers.saleor.kinds.attribute import Attribute
from providers.saleor.kinds.attribute_value import AttributeValue
from providers.saleor.kinds.product_attributes import ProductAttributes
from reconciler.compile import Compiled, compile_for
from reconciler.intent.base import Intent
from reconciler.intent.capsule import Capsule
from reconciler.intent.loader import INTENT_KINDS, load
from reconciler.intent.tags import Tags
from tests.saleor.market import TARGET

TARGETS = b"market:\n  provider: saleor\n  environment: staging\n  sandbox: true\n"
ROLES = "targets: [market]\ntaxonomy: roles\nlabel: Roles\ninput: multiselect\nterms:\n"
ROLES += "  sales_sdr: {label: Sales / SDR}\n  hr: {label: HR}\n"
MATURITY = "targets: [market]\ntaxonomy: maturity\nlabel: Maturity\ninput: dropdown\nterms:\n"
MATURITY += "  beta: {label: Beta}\n  stable: {label: Stable}\n"
TRIAL = "targets: [market]\ntaxonomy: trial\nlabel: Trial\ninput: boolean\n"
MAPPING = "targets: [market]\nmapping: offering\nfields:\n  roles: {attribute: roles}\n"
MAPPING += "  maturity: {attribute: maturity}\n  trial: {attribute: trial}\n"
BASE = {
    "taxonomies/roles": ROLES,
    "taxonomies/maturity": MATURITY,
    "taxonomies/trial": TRIAL,
    "mappings/offering": MAPPING,
}
OFFERING = "targets: [market]\noffering: an-agent\nmapping: offering\nfields: "
AGENT = "product_attributes/an-agent"


def compiled(files: dict[str, str], **settings: Any) -> Compiled:
    texts = {f"desired/{name}.yaml": text.encode() for name, text in files.items()}
    desired = load({"desired/targets.yaml": TARGETS, **texts})
    assert desired.problems == ()
    return compile_for(
        replace(TARGET, settings=Settings(**settings)), PROVIDER, desired.intents, None
    )


def specs(found: Compiled) -> dict[str, Any]:
    assert found.problems == ()
    return {f"{a.kind}/{a.key}": resource.spec for a, resource in found.resources.items()}


def fields(text: str) -> dict[str, str]:
    return {**BASE, "offerings/one": OFFERING + text + "\n"}


def intent_of(found: Compiled, key: str) -> str:
    (intent,) = (r.intent for a, r in found.resources.items() if f"{a.kind}/{a.key}" == key)
    assert intent
    return intent


def test_a_taxonomy_becomes_an_attribute_and_its_values() -> None:
    """By default the label is the name, and the reference says which term it is."""
    found = compiled({"taxonomies/roles": ROLES})
    needs = {str(n) for a, r in found.resources.items() if a.kind != "attribute" for n in r.needs}

    assert specs(found) == {
        "attribute/roles": Attribute(name="Roles", input="multiselect"),
        "attribute_value/roles/sales_sdr": AttributeValue(
            name="Sales / SDR", external_reference="roles/sales_sdr"
        ),
        "attribute_value/roles/hr": AttributeValue(name="HR", external_reference="roles/hr"),
    }
    assert needs == {"market/attribute/roles"}


def test_the_slug_may_be_the_key() -> None:
    """Then the name is the key too, and the label a translation; the reference stays."""
    found = specs(compiled({"taxonomies/roles": ROLES}, identity="slug"))

    assert found["attribute_value/roles/sales_sdr"] == AttributeValue(
        name="sales_sdr",
        slug="sales_sdr",
        external_reference="roles/sales_sdr",
        label="Sales / SDR",
    )


def test_an_offering_becomes_what_its_product_carries() -> None:
    """Terms for dropdowns and multiselects, flags for booleans; the product must be there."""
    found = compiled(fields("{roles: [hr, sales_sdr], maturity: beta, trial: true}"))
    resource = next(r for a, r in found.resources.items() if a.kind == "product_attributes")

    assert specs(found)[AGENT] == ProductAttributes(
        choices={"roles": ("hr", "sales_sdr"), "maturity": ("beta",)}, booleans={"trial": True}
    )
    assert [str(need) for need in resource.needs] == ["market/product/an-agent"]
    assert str(resource.source) == "desired/offerings/one.yaml:2:1"


def test_null_is_managed_and_empty_and_what_is_not_stated_is_not_managed() -> None:
    """An empty list says the same as null."""
    assert specs(compiled(fields("{roles: [], maturity: null}")))[AGENT] == ProductAttributes(
        choices={"roles": (), "maturity": ()}
    )
    assert specs(compiled(fields("{trial: null}")))[AGENT] == ProductAttributes(
        booleans={"trial": None}
    )


@pytest.mark.parametrize(
    ("text", "place", "cause", "remedy"),
    [
        ("{role: [hr]}", "4:10", "the mapping offering has no field role", "did you mean roles?"),
        (
            "{roles: [hr, sale_sdr]}",
            "4:22",
            "the taxonomy roles has no term sale_sdr",
            "did you mean sales_sdr?",
        ),
        (
            "{maturity: alpha}",
            "4:10",
            "the taxonomy maturity has no term alpha",
            "known: beta, stable",
        ),
        (
            "{maturity: [beta]}",
            "4:10",
            "maturity is a list, and maturity is a dropdown",
            "write one term, or null",
        ),
        (
            "{roles: hr}",
            "4:10",
            "roles is text, and roles is a multiselect",
            "write a list of terms, like [one, another], or null",
        ),
        (
            "{roles: true}",
            "4:10",
            "roles is a flag, and roles is a multiselect",
            "write a list of terms, like [one, another], or null",
        ),
        (
            "{trial: 'yes'}",
            "4:10",
            "trial is text, and trial is a boolean",
            "write true or false, or null",
        ),
    ],
)
def test_what_an_offering_can_not_be_is_told_at_its_place(
    text: str, place: str, cause: str, remedy: str
) -> None:
    """With the nearest name, or the right shape."""
    (problem,) = compiled(fields(text)).problems

    assert str(problem) == f"desired/offerings/one.yaml:{place}  {cause} · {remedy}"


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            {"taxonomies/trial": TRIAL + "terms: {always: {label: Always}}\n"},
            "desired/taxonomies/trial.yaml:5:1  trial is a boolean, which has no terms"
            " · take terms out, or make it a dropdown or a multiselect",
        ),
        (
            {"taxonomies/roles": ROLES + f"  long: {{label: {'x' * 251}}}\n"},
            "desired/taxonomies/roles.yaml:8:10"
            "  the label has 251 characters, and Saleor takes 250 · shorten it",
        ),
        (
            {"mappings/offering": MAPPING.replace("attribute: roles", "attribute: role")},
            "desired/mappings/offering.yaml:4:11"
            "  there is no taxonomy role on market · did you mean roles?",
        ),
        (
            {"mappings/offering": MAPPING + "  jobs: {attribute: roles}\n"},
            "desired/mappings/offering.yaml:7:10"
            "  roles is where roles goes already · give each field an attribute of its own",
        ),
        (
            {"mappings/other": MAPPING},
            "desired/mappings/other.yaml:2:1  the mapping offering is said a second time, after"
            " desired/mappings/offering.yaml:1:1 · keep one of the two",
        ),
        (
            {"offerings/one": "targets: [market]\noffering: x\nmapping: offerings\nfields: {}\n"},
            "desired/offerings/one.yaml:3:1"
            "  there is no mapping offerings on market · did you mean offering?",
        ),
    ],
)
def test_what_can_not_be_honoured_is_a_problem_at_its_place(
    files: dict[str, str], problem: str
) -> None:
    """Each once, with its remedy."""
    assert [str(p) for p in compiled({**BASE, **files}).problems] == [problem]


def test_a_key_that_no_slug_can_be() -> None:
    """Saleor takes underscores off the end; where the slug is not the key, nobody minds."""
    files = {"taxonomies/roles": ROLES + "  hr_: {label: HR too}\n"}
    (problem,) = compiled(files, identity="slug").problems

    assert problem.cause == "Saleor takes underscores off the end of a slug, so none can be hr_"
    assert compiled(files).problems == ()


def test_a_bad_destination_is_told_once_however_many_offerings_use_it() -> None:
    """At the mapping, which is where it must be corrected."""
    files = fields("{roles: [hr], maturity: beta}") | {
        "mappings/offering": MAPPING.replace("attribute: roles", "attribute: role"),
        "offerings/two": OFFERING.replace("an-agent", "another") + "{roles: [hr]}\n",
    }

    assert len(compiled(files).problems) == 1


MOVES = [
    # what moved, and whether the offering's meaning did
    ({"taxonomies/roles": ROLES.replace("label: HR", "label: People")}, False),
    ({"taxonomies/roles": ROLES + "  finance: {label: Finance}\n"}, False),
    ({"mappings/offering": MAPPING.replace("attribute: trial", "attribute: trial ")}, False),
    (
        {
            "taxonomies/jobs": ROLES.replace("taxonomy: roles", "taxonomy: jobs"),
            "mappings/offering": MAPPING.replace("attribute: roles", "attribute: jobs"),
        },
        True,
    ),
    (
        {"taxonomies/jobs": ROLES.replace("taxonomy: roles", "taxonomy: jobs")}
        | {"mappings/offering": MAPPING + "  jobs: {attribute: jobs}\n"},
        False,
    ),
]


@pytest.mark.parametrize(("files", "moved"), MOVES)
def test_an_intent_moves_exactly_when_its_meaning_does(files: dict[str, str], moved: bool) -> None:
    """Whichever of the three documents was edited."""
    before = fields("{roles: [hr], trial: true}")
    was, is_ = (intent_of(compiled(some), AGENT) for some in (before, before | files))

    assert (was != is_) is moved


def test_a_description_means_nothing_to_the_platform() -> None:
    """A term's intent moves with its label, not with what is written for people."""
    described = ROLES.replace("{label: HR}", "{label: HR, description: people}")
    renamed = ROLES.replace("{label: HR}", "{label: People}")
    was, same, other = (
        intent_of(compiled({"taxonomies/roles": text}), "attribute_value/roles/hr")
        for text in (ROLES, described, renamed)
    )

    assert was == same != other


HOMELESS: Final[Mapping[type[Intent], str]] = {
    Tags: "Saleor's products have no tags",
    Capsule: "its products are inspected on Shopify only",
}


def test_every_kind_of_intent_has_a_home() -> None:
    """What people can write can be said of a Saleor shop, or there is a reason why not."""
    assert {*PROVIDER.mapping, *HOMELESS} == set(INTENT_KINDS)
    assert not {*PROVIDER.mapping} & {*HOMELESS}


def test_a_capsule_is_told_at_its_target_once() -> None:
    """Not by the images that it would come to."""
    text = "targets: [market]\ncapsule: S226\ninto: {look: a.look_image}\n"
    found = compiled({"capsules/S226/capsule": text})

    assert [str(problem) for problem in found.problems] == [
        "desired/capsules/S226/capsule.yaml:1:11  saleor does not honour capsules, and market is a "
        "saleor target · take market out of targets"
    ]
