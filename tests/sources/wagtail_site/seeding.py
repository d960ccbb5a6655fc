"""What stands on the site before each test."""

from __future__ import annotations

import io
import sqlite3
from typing import Any

from catalog.models import Capability, Category, OfferingPage, Role, Whispered
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.images import ImageFile
from django.db import connection
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import APIToken, Collection, GroupPagePermission, Locale, Page, Site

ROLES = {"customer_support": "Customer Support", "sales_sdr": "Sales / SDR", "hr": "HR"}


_AS_NEW = sqlite3.connect(":memory:", check_same_thread=False)


def seed() -> dict[str, str]:
    """Fill the site, and keep a copy of it. Gives the tokens of who may read it, edit it, and
    nothing."""
    home = _home()
    _terms()
    _offerings(home)
    tokens = {
        "reader": _token("reader", *_permissions("view")),
        "editor": _token("editor", superuser=True),
        "nobody": _token("nobody"),
    }
    connection.connection.backup(_AS_NEW)
    return tokens


def begin_anew() -> None:
    """All as it was after `seed`."""
    connection.ensure_connection()
    _AS_NEW.backup(connection.connection)


def _home() -> Page:
    locale = Locale.objects.create(language_code="en")
    Collection.add_root(name="Root")
    page_type = ContentType.objects.get_for_model(Page)
    root = Page.add_root(
        instance=Page(title="Root", slug="root", content_type=page_type, locale=locale)
    )
    home: Page = root.add_child(instance=Page(title="Home", slug="home", locale=locale))
    Site.objects.create(hostname="127.0.0.1", root_page=home, is_default_site=True)
    return home


def _terms() -> None:
    for key, label in ROLES.items():
        Role.objects.create(key=key, label=label)
    Role.objects.create(key="operations", label="Operations", live=False)
    Category.objects.create(key="agent", label="Agents", description="Works by itself.")
    Category.objects.create(key="assistant", label="Assistants")
    for number in range(45):
        Capability.objects.create(key=f"capability_{number}", label=f"Capability {number}")
    Whispered.objects.create(key="secret", label="Secret")


def _offerings(home: Page) -> None:
    helper = _offering(home, "customer-support-agent", saleor_product_id="UHJvZHVjdDox")
    helper.roles.set(Role.objects.filter(key__in=["hr", "customer_support"]))
    helper.capabilities.set(Capability.objects.filter(key__in=["capability_44", "capability_3"]))
    helper.primary_role = Role.objects.get(key="customer_support")
    helper.picture = _picture()
    helper.save()
    _offering(home, "meeting-scheduler", saleor_product_slug="meeting-scheduler")
    _offering(home, "unfinished", saleor_product_slug="unfinished", live=False)


def _offering(home: Page, slug: str, **fields: Any) -> OfferingPage:
    page = OfferingPage(
        title=slug.replace("-", " ").capitalize(),
        slug=slug,
        category=Category.objects.get(key="agent"),
        card_tagline=f"The {slug}",
        cp_offering_id=f"{slug}-001",
        credits_estimate_min=3,
        trial_available=True,
        **fields,
    )
    home.add_child(instance=page)
    return page


def _picture() -> Image:
    stream = io.BytesIO()
    Picture.new("RGB", (8, 8), "teal").save(stream, "PNG")
    stream.seek(0)
    image: Image = Image.objects.create(title="Card", file=ImageFile(stream, name="card.png"))
    image.get_rendition("fill-4x4")
    return image


def _permissions(action: str) -> list[Permission]:
    models = ("role", "category", "capability", "whispered")
    return [Permission.objects.get(codename=f"{action}_{model}") for model in models]


def _token(name: str, *permissions: Permission, superuser: bool = False) -> str:
    user = User.objects.create(username=name, is_superuser=superuser)
    group = Group.objects.create(name=name)
    group.permissions.set(permissions)
    user.groups.add(group)
    if superuser:
        root = Page.objects.get(depth=1)
        publish = Permission.objects.get(codename="publish_page")
        GroupPagePermission.objects.create(group=group, page=root, permission=publish)
    _, token = APIToken.create_token(user=user, name=name)
    return str(token)
