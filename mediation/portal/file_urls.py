"""Files of a citizen's case on their way in."""

from django.urls import path

from mediation.portal import file_views

urlpatterns = [
    path("case/<str:docket>/files/", file_views.files, name="files"),
    path("case/<str:docket>/files/<str:upload_id>/", file_views.file_piece, name="file_piece"),
]
