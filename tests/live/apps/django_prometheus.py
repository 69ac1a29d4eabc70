# mypy: ignore-errors
"""Django in one file with django-prometheus around its views, database, cache and model."""

import os
import time
from pathlib import Path

import django
from django.conf import settings

DATABASE = {"ENGINE": "django_prometheus.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    CACHES={"default": {"BACKEND": "django_prometheus.cache.backends.locmem.LocMemCache"}},
    DATABASES={"default": DATABASE},
    INSTALLED_APPS=["django_prometheus"],
    LOGGING_CONFIG=None,
    MIDDLEWARE=[
        "django_prometheus.middleware.PrometheusBeforeMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django_prometheus.middleware.PrometheusAfterMiddleware",
    ],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
)
django.setup()

from django.core.cache import cache  # noqa: E402  (needs the settings above)
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import (  # noqa: E402
    Http404,
    HttpRequest,
    HttpResponseServerError,
    JsonResponse,
)
from django.urls import include, path  # noqa: E402
from django_prometheus.models import ExportModelOperationsMixin  # noqa: E402

from tests.live.apps.shared.work import WorkError, choose_seconds, simulate_work  # noqa: E402
from tests.live.apps.shared.wsgi import build_wsgi_server  # noqa: E402


class Item(ExportModelOperationsMixin("item"), models.Model):
    """What the shop sells."""

    name = models.TextField()

    class Meta:
        """Stands for the installed app this model has none of."""

        app_label = "shop"


def ok(request: HttpRequest) -> JsonResponse:
    """Answer at once."""
    return JsonResponse({"ok": True})


def slow(request: HttpRequest) -> JsonResponse:
    """Answer after a query that takes 100 to 400 ms."""
    connection.ensure_connection()
    connection.connection.create_function("pause", 1, time.sleep)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pause(%s)", [choose_seconds(0.1, 0.4)])
    return JsonResponse({"ok": True})


def item(request: HttpRequest, item_id: int) -> JsonResponse:
    """Read one item through the cache, or write one."""
    simulate_work(0.001, 0.02)
    if request.method == "POST":
        Item.objects.create(name=str(item_id))
    elif cache.get(f"item-{item_id}") is None:
        cache.set(f"item-{item_id}", Item.objects.filter(name=str(item_id)).count(), timeout=10)
    return JsonResponse({"id": item_id})


def missing_item(request: HttpRequest) -> None:
    """Answer 404 from the view."""
    raise Http404("no such item")


def fail(request: HttpRequest) -> HttpResponseServerError:
    """Answer an explicit 500."""
    return HttpResponseServerError("failed")


def boom(request: HttpRequest) -> None:
    """Raise what nobody handles."""
    raise WorkError("boom")


urlpatterns = [
    path("", include("django_prometheus.urls")),
    path("health", ok, name="health"),
    path("ok", ok, name="ok"),
    path("slow", slow, name="slow"),
    path("items/<int:item_id>", item, name="item"),
    path("missing-item", missing_item, name="missing-item"),
    path("fail", fail, name="fail"),
    path("boom", boom, name="boom"),
]
app = get_wsgi_application()


def serve(port: int, role: str) -> None:
    """Serve on a database file of this role's own."""
    connection.settings_dict["NAME"] = Path(os.environ["LIVE_FOLDER"], f"django-{role}.sqlite3")
    with connection.schema_editor() as editor:
        editor.create_model(Item)
    connection.close()
    build_wsgi_server(app)(port, role)
