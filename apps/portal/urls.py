from django.urls import path

from . import views

app_name = "portal"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("about/", views.PageView.as_view(), {"slug": "about"}, name="about"),
    path("about/<slug:slug>/", views.PageView.as_view(), name="page"),
    path("me/", views.MySpace.as_view(), name="me"),
    path("countries/", views.CountryList.as_view(), name="countries"),
    path("countries/<slug:slug>/", views.CountryPage.as_view(), name="country"),
    path("search/", views.SearchView.as_view(), name="search"),
]
