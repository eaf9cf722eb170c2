"""The cases of an institution."""

from django.urls import path

from mediation.counter import views as views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("case/<str:docket>/", views.case, name="case"),
]
