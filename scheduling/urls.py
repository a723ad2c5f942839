from django.urls import path

from scheduling.views import shifts

urlpatterns = [
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/new/", shifts.plan, name="shift-plan"),
    path("shifts/<int:pk>/", shifts.shift, name="shift"),
    path("shifts/<int:pk>/change/", shifts.change, name="shift-change"),
    path("shifts/<int:pk>/remove/", shifts.remove, name="shift-remove"),
]
