"""A citizen's cases, after filing."""

from django.urls import path

from mediation.portal import case_views as views

urlpatterns = [
    path("my-cases/", views.my_cases, name="my_cases"),
    path("case/<str:docket>/", views.case, name="case"),
]
