"""Where the pages of this door are."""

from django.urls import path

from mediation.bench import acts, views

app_name = "bench"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("verify/", views.verify, name="verify"),
    path("case/<str:name>/", views.case, name="case"),
    path("application/<int:pk>/", views.application, name="application"),
    path("application/<int:pk>/packet/", views.packet, name="packet"),
    path("application/<int:pk>/paper/<int:number>/<int:leaf>.png", views.paper_page, name="paper_page"),
    path("application/<int:pk>/check/", acts.check_again, name="check_again"),
    path("application/<int:pk>/take-up/", acts.take_up, name="take_up"),
    path("application/<int:pk>/ask/", acts.ask, name="ask"),
    path("application/<int:pk>/rule/", acts.rule, name="rule"),
    path("application/<int:pk>/objection/<int:objection>/", acts.answer, name="answer"),
]
