from django.urls import path

from . import feeds, views

app_name = "projects"
urlpatterns = [
    path("projects/", views.ProjectList.as_view(), name="project-list"),
    path("projects/feed.xml", feeds.feed, name="feed"),
    path("projects/<slug:slug>/", views.ProjectPage.as_view(), name="project"),
    path("projects/numbers/<int:pk>/", views.NumberPage.as_view(), name="number"),
    path("projects/documents/<int:pk>/", views.document, name="document"),
    path("projects/videos/<int:pk>/", views.video, name="video"),
    path("projects/videos/<int:pk>/captions/", views.captions, name="captions"),
    path("projects/pictures/<int:pk>/<slug:size>/", views.picture, name="picture"),
    path("projects/partners/<int:pk>/logo/", views.logo, name="logo"),
]
