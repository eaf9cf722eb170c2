"""Where the pages of this door are."""

from django.urls import path

from cases.roles import Role
from mediation.desk import (
    case_views,
    evidence_views,
    hand_in_views,
    log_views,
    proposal_views,
    release_views,
    views,
)
from mediation.desk.delivery_urls import urlpatterns as delivery_urls
from mediation.desk.dossier_urls import urlpatterns as dossier_urls
from mediation.desk.machine_urls import urlpatterns as machine_urls
from mediation.desk.picture_urls import urlpatterns as picture_urls
from mediation.desk.rule_urls import urlpatterns as rule_urls
from mediation.hearings.pages import addresses

app_name = "desk"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("log/", log_views.log, name="log"),
    path("log/news/", log_views.log_news, name="log_news"),
    path("precedents/<str:key>/", views.precedent, name="precedent"),
    path("release/", release_views.release, name="release"),
    path("release/<str:key>/", release_views.release_one, name="release_one"),
    path("cases/<str:docket>/", case_views.case_page, name="case"),
    path("cases/<str:docket>/do/<slug:name>/", case_views.take_act, name="act"),
    path("cases/<str:docket>/terms/", proposal_views.propose, name="propose"),
    path("cases/<str:docket>/terms/review/", proposal_views.review_terms, name="review_terms"),
    path("cases/<str:docket>/agreement/", proposal_views.agreement, name="agreement"),
    path("cases/<str:docket>/evidence/", evidence_views.evidence, name="evidence"),
    path("cases/<str:docket>/hand-in/", hand_in_views.hand_in, name="hand_in"),
    path("cases/<str:docket>/files/", hand_in_views.files, name="files"),
    path("cases/<str:docket>/files/<str:upload_id>/", hand_in_views.file_piece, name="file_piece"),
    path("cases/<str:docket>/packet/", evidence_views.packet, name="packet"),
    *rule_urls,
    *machine_urls,
    *delivery_urls,
    *dossier_urls,
    *picture_urls,
    *addresses.pages_of("desk", Role.MEDIATOR),
]
