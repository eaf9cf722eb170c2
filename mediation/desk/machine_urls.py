"""Where the page about the machine is."""

from django.urls import path

from mediation.desk import machine_views

urlpatterns = [path("machine/", machine_views.machine, name="machine")]
