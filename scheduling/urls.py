from django.urls import path

from scheduling.views import days, posts, shifts

urlpatterns = [
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/new/", shifts.plan, name="shift-plan"),
    path("shifts/<int:pk>/", shifts.shift, name="shift"),
    path("shifts/<int:pk>/change/", shifts.change, name="shift-change"),
    path("shifts/<int:pk>/remove/", shifts.remove, name="shift-remove"),
    path("posts/", posts.posts, name="posts"),
    path("posts/new/", posts.add, name="post-add"),
    path("posts/<int:pk>/", posts.change, name="post-change"),
    path("posts/<int:pk>/watches/new/", posts.add_pattern, name="post-pattern"),
    path("posts/watches/<int:pk>/", posts.change_pattern, name="pattern-change"),
    path("posts/watches/<int:pk>/end/", posts.end_pattern, name="pattern-end"),
    path("days/", days.days, name="days"),
    path("days/notice/", days.notice, name="days-notice"),
    path("days/<int:year>/begin/", days.begin, name="days-begin"),
    path("days/<int:year>/confirm/", days.confirm, name="days-confirm"),
    path("days/<str:date>/", days.day, name="day"),
]
