"""The page that shows and tries out every endpoint. Its script has an address of its own, so a strict policy holds."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class Pages(SpectacularSwaggerSplitView):
    """Swagger, served from this site; nothing is fetched from elsewhere."""

    template_name = "api/docs.html"
