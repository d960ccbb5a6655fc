"""Taxonomies as snippets, offerings as pages: as a team's own site would have them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.images.api.fields import ImageRenditionField
from wagtail.models import DraftStateMixin, Page, RevisionMixin
from wagtail.snippets.models import register_snippet

TERM: list[Any] = [APIField(name, writable=True) for name in ("key", "label", "description")]


class Term(models.Model):
    key = models.CharField(max_length=100)
    label = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    panels: ClassVar[list[Any]] = [FieldPanel(n) for n in ("key", "label", "description")]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


@register_snippet
class Role(DraftStateMixin, RevisionMixin, Term):
    api_fields: ClassVar[list[Any]] = [*TERM, APIField("live")]


@register_snippet
class Category(Term):
    api_fields: ClassVar[list[Any]] = TERM


@register_snippet
class Capability(Term):
    api_fields: ClassVar[list[Any]] = TERM


@register_snippet
class Whispered(DraftStateMixin, RevisionMixin, Term):
    """Has drafts, and does not tell which of it is live."""

    api_fields: ClassVar[list[Any]] = TERM


class OfferingPage(Page):
    saleor_product_id = models.CharField(max_length=100, blank=True)
    saleor_product_slug = models.CharField(max_length=100, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL)
    roles = ParentalManyToManyField(Role, blank=True)
    capabilities = ParentalManyToManyField(Capability, blank=True)
    primary_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    card_tagline = models.CharField(max_length=200, blank=True)
    cp_offering_id = models.CharField(max_length=100, blank=True)
    credits_estimate_min = models.IntegerField(null=True, blank=True)
    trial_available = models.BooleanField(default=False)
    picture = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("saleor_product_id"),
        FieldPanel("saleor_product_slug"),
        FieldPanel("category"),
        FieldPanel("roles"),
        FieldPanel("capabilities"),
        FieldPanel("primary_role"),
        FieldPanel("card_tagline"),
        FieldPanel("cp_offering_id"),
        FieldPanel("credits_estimate_min"),
        FieldPanel("trial_available"),
    ]
    api_fields: ClassVar[list[Any]] = [
        *(
            APIField(name, writable=True)
            for name in (
                "saleor_product_id",
                "saleor_product_slug",
                "category",
                "roles",
                "capabilities",
                "primary_role",
                "card_tagline",
                "cp_offering_id",
                "credits_estimate_min",
                "trial_available",
            )
        ),
        APIField("live"),
        APIField("picture"),
        APIField("card_image", serializer=ImageRenditionField("fill-4x4", source="picture")),
    ]
