"""Where the endpoints of the interface are."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from mediation.api import clocks, court, docs, exhibits, suggesting, tools, views

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs.Pages.as_view(url_name="api:schema"), name="docs"),
    path("cases/", views.CaseList.as_view(), name="cases"),
    path("cases/<str:docket>/", views.CaseDetail.as_view(), name="case"),
    path("cases/<str:docket>/clocks/", clocks.CaseClocks.as_view(), name="clocks"),
    path("cases/<str:docket>/chain/", views.CaseChain.as_view(), name="chain"),
    path("cases/<str:docket>/exhibits/", exhibits.Exhibits.as_view(), name="exhibits"),
    path("cases/<str:docket>/accept/", views.AcceptCase.as_view(), name="accept"),
    path("cases/<str:docket>/ask-supplement/", views.AskSupplement.as_view(), name="ask_supplement"),
    path("cases/<str:docket>/decline/", views.DeclineCase.as_view(), name="decline"),
    path("cases/<str:docket>/answer/", views.AnswerCase.as_view(), name="answer"),
    path("cases/<str:docket>/proposal/", views.OfferProposal.as_view(), name="proposal"),
    path("cases/<str:docket>/suggestion/", suggesting.CaseSuggestion.as_view(), name="suggestion"),
    path(
        "cases/<str:docket>/suggestion/decision/",
        suggesting.SuggestionDecision.as_view(),
        name="suggestion_decision",
    ),
    path("precedents/", suggesting.Precedents.as_view(), name="library"),
    path("applications/", court.ApplicationList.as_view(), name="applications"),
    path("applications/<int:pk>/", court.ApplicationDetail.as_view(), name="application"),
    path("applications/<int:pk>/packet/", court.ApplicationPacket.as_view(), name="packet"),
    path("applications/<int:pk>/check/", court.ApplicationCheck.as_view(), name="check"),
    path("applications/<int:pk>/accept/", court.AcceptApplication.as_view(), name="accept_application"),
    path("applications/<int:pk>/ask-for-papers/", court.AskForPapers.as_view(), name="ask_for_papers"),
    path("applications/<int:pk>/ruling/", court.GiveRuling.as_view(), name="ruling"),
    path("precedents/search/", tools.PrecedentSearch.as_view(), name="precedents"),
    path("stories/analyse/", tools.StoryReading.as_view(), name="story"),
    path("due/", clocks.DueDay.as_view(), name="due"),
    path("loan-cost/", tools.LoanCost.as_view(), name="loan_cost"),
]
