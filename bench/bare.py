"""The least a page can cost: fifty incidents with the list's joins, in a plain template, without the product's door."""

from django.http import HttpResponse
from django.template import Context, Engine
from django.urls import path

from incidents.models import Incident

PAGE = Engine().from_string(
    "<table>{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.received_at }}</td><td>{{ row.level.name }}</td>"
    "<td>{{ row.summary }}</td><td>{{ row.place }}</td><td>{{ row.unit.name }}</td><td>{{ row.nature.name }}</td>"
    "<td>{{ row.logged_by.name }}</td><td>{{ row.status }}</td></tr>{% endfor %}</table>"
)


def bare(request):
    rows = Incident.objects.select_related("level", "unit", "nature", "logged_by")
    rows = rows.defer("hay", "scene", "suggestion", "result").newest_first()[:50]
    return HttpResponse(PAGE.render(Context({"rows": rows})))


urlpatterns = [path("bare/", bare)]
