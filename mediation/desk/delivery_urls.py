"""Where the pages about delivery are, and what waits to be mended."""

from django.urls import path

from mediation.desk import delivery_views, undone_views

urlpatterns = [
    path("undone/", undone_views.undone, name="undone"),
    path("undone/message/<int:pk>/", undone_views.send_again, name="send_again"),
    path("undone/paper/<int:pk>/", undone_views.make_again, name="make_again"),
    path("undone/paper/<int:pk>/mended/", undone_views.mended, name="mended"),
    path("cases/<str:docket>/delivery/", delivery_views.delivery, name="delivery"),
    path("cases/<str:docket>/delivery/consent/", delivery_views.delivery_consent, name="delivery_consent"),
    path(
        "cases/<str:docket>/delivery/<int:pk>/<slug:what>/", delivery_views.delivery_act, name="delivery_act"
    ),
]
