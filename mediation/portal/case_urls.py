"""A citizen's cases, after filing."""

from django.urls import path

from mediation.portal import case_views as views

urlpatterns = [
    path("my-cases/", views.my_cases, name="my_cases"),
    path("messages/", views.inbox, name="messages"),
    path("messages/read/", views.read_all, name="read_all"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("case/<str:docket>/", views.case, name="case"),
    path("case/<str:docket>/do/<slug:name>/", views.act, name="act"),
    path("case/<str:docket>/do/<slug:name>/<int:pk>/", views.act, name="act_on"),
    path("case/<str:docket>/agreement/", views.agreement, name="agreement"),
    path("case/<str:docket>/receipts/", views.receipts, name="receipts"),
    path("case/<str:docket>/receipts/news/", views.receipts_news, name="receipts_news"),
    path("case/<str:docket>/receipts/<int:seq>/", views.receipt, name="receipt"),
    path("case/<str:docket>/receipts/<int:seq>/file/", views.receipt_file, name="receipt_file"),
    path("case/<str:docket>/papers/<int:number>/", views.paper, name="paper"),
    path(
        "case/<str:docket>/papers/<int:number>/<int:page_number>.png", views.paper_image, name="paper_image"
    ),
]
