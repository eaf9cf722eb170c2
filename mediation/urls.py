"""The doors of the house, and the few pages that belong to none of them."""

from django.urls import include, path
from django.views.i18n import set_language

from mediation import report_views, transparency
from mediation.dates import feed_views, limits_page
from mediation.entrance import email_views, front

urlpatterns = [
    path("", front.home, name="home"),
    path("sign-in/", front.sign_in, name="sign_in"),
    path("sign-in/phone/", front.sign_in_by_phone, name="sign_in_by_phone"),
    path("sign-out/", front.sign_out, name="sign_out"),
    path("language/", set_language, name="set_language"),
    path("text-size/", front.set_text_size, name="set_text_size"),
    path("csrf/", front.csrf_token, name="csrf_token"),
    path("check-message/", front.check_message, name="check_message"),
    path("check-receipt/", transparency.check_receipt, name="check_receipt"),
    path("limits/", limits_page.limits_in_words, name="limits"),
    path("calendar/", feed_views.feed_settings, name="feed_settings"),
    path("calendar/<str:token>.ics", feed_views.feed, name="feed"),
    path("log/checkpoint", transparency.checkpoint, name="log_checkpoint"),
    path("log/tile/<path:path>", transparency.tile, name="log_tile"),
    path("log/policy.txt", transparency.policy, name="log_policy"),
    path("log/take/<str:name>", transparency.checker, name="log_checker"),
    path("email/", email_views.email_settings, name="email_settings"),
    path("sms/reports/", report_views.sms_reports, name="sms_reports"),
    path("demo/messages/", front.demo_messages, name="demo_messages"),
    path("file/<int:pk>/", front.exhibit_file, name="exhibit_file"),
    path("open/<uuid:pk>/", front.open_case, name="open_case"),
    path("", include("mediation.portal.urls")),
    path("counter/", include("mediation.counter.urls")),
    path("desk/", include("mediation.desk.urls")),
    path("bench/", include("mediation.bench.urls")),
    path("api/", include("mediation.api.urls")),
]
handler400 = "mediation.entrance.front.unreadable"
handler404 = "mediation.entrance.front.not_found"
handler500 = "mediation.entrance.front.broken"
