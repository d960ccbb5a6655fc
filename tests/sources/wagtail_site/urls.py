"""API v3, API v2 with viewsets for snippets, and the one thing that only a test may ask for."""

from __future__ import annotations

from catalog.models import Category, Role
from django.http import HttpRequest, JsonResponse
from django.urls import path
from seeding import begin_anew
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.api.v3.urls import api


class Roles(BaseAPIViewSet):
    model = Role


class Categories(BaseAPIViewSet):
    model = Category


router = WagtailAPIRouter("wagtailapi")
router.register_endpoint("pages", PagesAPIViewSet)
router.register_endpoint("roles", Roles)
router.register_endpoint("categories", Categories)


def anew(_: HttpRequest) -> JsonResponse:
    begin_anew()
    return JsonResponse({})


urlpatterns = [
    path("begin-anew/", anew),
    path("api/v2/", router.urls),
    path("api/v3/", api.urls),
]
