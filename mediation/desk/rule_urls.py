"""Where the rule book is."""

from django.urls import path

from mediation.desk import rule_views

urlpatterns = [
    path("rules/", rule_views.rules, name="rules"),
    path("rules/holidays/", rule_views.holidays, name="holidays"),
    path("rules/<slug:track>/<slug:key>/", rule_views.limit, name="rule"),
]
