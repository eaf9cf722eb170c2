"""Where pictures are read and checked."""

from django.urls import path

from mediation.desk import picture_views

urlpatterns = [path("cases/<str:docket>/pictures/<int:pk>/", picture_views.picture, name="picture")]
