"""Where the page about the machine is, and the similar cases that it finds."""

from django.urls import path

from mediation.desk import like_views, machine_views

urlpatterns = [
    path("machine/", machine_views.machine, name="machine"),
    path("cases/<str:docket>/similar/", like_views.similar, name="similar"),
]
