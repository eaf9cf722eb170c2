"""Where the rule book and the calendar of due days are."""

from django.urls import path

from mediation.desk import calendar_views, paper_kinds_views, rule_views

urlpatterns = [
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/papers/", paper_kinds_views.paper_kinds, name="paper_kinds"),
    path("rules/holidays/", rule_views.holidays, name="holidays"),
    path("rules/<slug:track>/<slug:key>/", rule_views.limit, name="rule"),
]
