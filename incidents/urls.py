from django.urls import path

from incidents.views import answer, incident, incidents, lines, log, standards, verbs

urlpatterns = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/log/", log.log, name="incident-log"),
    path("incidents/<int:pk>/", incident.incident, name="incident"),
    path("incidents/<int:pk>/paper/", incident.paper, name="incident-paper"),
    path("incidents/<int:pk>/acknowledge/", verbs.acknowledge, name="incident-acknowledge"),
    path("incidents/<int:pk>/instruct/", verbs.instruct, name="incident-instruct"),
    path("incidents/<int:pk>/press/", verbs.press, name="incident-press"),
    path("incidents/<int:pk>/phone/", verbs.acknowledge_by_phone, name="incident-phone"),
    path("incidents/<int:pk>/note/", verbs.note, name="incident-note"),
    path("incidents/<int:pk>/regrade/", verbs.regrade, name="incident-regrade"),
    path("incidents/<int:pk>/close/", verbs.close, name="incident-close"),
    path("incidents/<int:pk>/reopen/", verbs.reopen, name="incident-reopen"),
    path("incidents/<int:pk>/contact/", verbs.reveal_contact, name="incident-reveal"),
    path("incidents/<int:pk>/amend/<slug:field>/", verbs.amend, name="incident-amend"),
    path("i/<str:token>/", answer.answer, name="incident-answer"),
    path("i/<str:token>/live/", answer.live, name="incident-answer-live"),
    path("standard/", standards.in_force, name="standard-in-force"),
    path("standard/first/", standards.lay_down_first, name="standard-first"),
    path("standard/new/", standards.begin, name="standard-begin"),
    path("standard/<int:pk>/", standards.standard, name="standard"),
    path("standard/<int:pk>/edit/", standards.edit, name="standard-edit"),
    path("standard/<int:pk>/level/<int:rank>/", standards.edit_level, name="standard-level"),
    path("standard/<int:pk>/publish/", standards.publish, name="standard-publish"),
    path("lines/", lines.lines, name="lines"),
    path("lines/new/", lines.add, name="line-add"),
    path("lines/<int:pk>/", lines.change, name="line-change"),
]
