"""Where gateways report what became of a text message."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mediation.notices import reports

LARGEST_BODY = 1024 * 1024  # bytes


@csrf_exempt
@require_POST
def sms_reports(request: HttpRequest) -> HttpResponse:
    """状态报告 of a gateway that signs. Without a secret in the settings the address does not exist.

    403: not signed, too old, or seen before. 400: cannot be read. Unknown numbers are taken and forgotten.
    """
    if not settings.SMS_REPORT_SECRET:
        raise Http404
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return JsonResponse({"code": 413, "msg": "too long"}, status=413)
    try:
        reports.verify(path=request.path, headers=request.headers, body=body)
        found = reports.reports_in(body)
    except reports.NotSigned:
        return JsonResponse({"code": 403, "msg": "signature"}, status=403)
    except (ValueError, RecursionError):
        return JsonResponse({"code": 400, "msg": "not readable"}, status=400)
    return JsonResponse({"code": 0, "msg": "成功", "new": sum(map(reports.take_report, found))})
