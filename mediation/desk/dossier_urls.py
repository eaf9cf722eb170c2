"""Where the pages of the case file are."""

from django.urls import path

from mediation.desk import dossier_views, word_views

urlpatterns = [
    path("cases/<str:docket>/dossier/", dossier_views.dossier, name="dossier"),
    path("cases/<str:docket>/dossier/news/", dossier_views.dossier_news, name="dossier_news"),
    path("cases/<str:docket>/dossier/make/<slug:name>/", dossier_views.make, name="dossier_make"),
    path("cases/<str:docket>/dossier/<int:pk>/", dossier_views.dossier_file, name="dossier_file"),
    path("cases/<str:docket>/word/<slug:kind>/<int:number>/", word_views.word, name="word"),
]
