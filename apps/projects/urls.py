from django.urls import path

from . import views

app_name = "projects"
urlpatterns = [
    path("projects/", views.ProjectList.as_view(), name="project-list"),
    path("projects/<slug:slug>/", views.ProjectPage.as_view(), name="project"),
    path("projects/documents/<int:pk>/", views.document, name="document"),
]
