"""Every address. Each view declares who may ask for it (`duty.access`); the door refuses one that does not."""

from django.contrib import admin
from django.urls import include, path

from duty.views import calendar, desk, drafts, notices, people, trail

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("live/", desk.live, name="live"),
    path("health/", desk.health, name="health"),
    path("more/", desk.more, name="more"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/acknowledge/", notices.acknowledge, name="notice-acknowledge"),
    path("n/<str:token>/", notices.answer, name="notice-answer"),
    path("trail/", trail.trail, name="trail"),
    path("trail/<int:pk>/", trail.story, name="story"),
    path("drafts/<slug:form>/", drafts.save_draft, name="draft"),
    path("login/", people.sign_in, name="login"),
    path("logout/", people.sign_out, name="logout"),
    path("switch/", people.switch, name="switch"),
    path("me/", people.profile, name="profile"),
    path("me/password/", people.password, name="password"),
    path("password/", people.reset, name="password-reset"),
    path("password/sent/", people.reset_sent, name="password-reset-sent"),
    path("password/<str:uid>/<str:token>/", people.reset_with, name="password-reset-with"),
    path("appearance/", people.appearance, name="appearance"),
    path("", include("scheduling.urls")),
    path("", include("equipment.urls")),
    path("", include("incidents.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "duty.views.errors.bad_request"
handler403 = "duty.views.errors.forbidden"
handler404 = "duty.views.errors.not_found"
handler500 = "duty.views.errors.server_error"
