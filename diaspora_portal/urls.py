"""Every door of the house. One include per app; what has no language stands outside the prefix."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from apps.core.views import healthz, readyz
from apps.portal import views as portal
from apps.portal.sitemaps import SITEMAPS

sitemaps = {"sitemaps": SITEMAPS}

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("robots.txt", portal.robots, name="robots"),
    path("sitemap.xml", login_not_required(index), {**sitemaps, "sitemap_url_name": "sitemap"}, name="sitemap-index"),
    path("sitemap-<section>.xml", login_not_required(sitemap), sitemaps, name="sitemap"),
    path("theme/", portal.set_theme, name="theme"),
    path("styleguide/", portal.style_guide, name="styleguide"),
    path("admin/", admin.site.urls),
    path("", include("apps.outbox.urls")),
    path("favicon.ico", login_not_required(RedirectView.as_view(url="/static/img/favicon.ico")), name="favicon"),
    *i18n_patterns(
        path("accounts/", TemplateView.as_view(template_name="account/index.html"), name="account_index"),
        path("accounts/", include("allauth.urls")),
        path("", include("apps.members.urls")),
        path("", include("apps.projects.urls")),
        path("", include("apps.portal.urls")),
    ),
]
