from django.urls import path

from . import views

app_name = "members"
urlpatterns = [
    path("members/", views.Directory.as_view(), name="directory"),
    path("members/all/", views.MemberDirectory.as_view(), name="directory-members"),
    path("members/<slug:public_id>/", views.ProfilePage.as_view(), name="profile"),
    path("members/<slug:public_id>/photo/", views.photo, name="photo"),
    path("members/<slug:public_id>/write/", views.Write.as_view(), name="write"),
    path("me/profile/", views.Review.as_view(), name="profile-review"),
    path("me/profile/about/", views.About.as_view(), name="profile-about"),
    path("me/profile/languages/", views.Languages.as_view(), name="profile-languages"),
    path("me/profile/ties/", views.Ties.as_view(), name="profile-ties"),
    path("me/profile/skills/", views.Skills.as_view(), name="profile-skills"),
    path("me/profile/skills/add/", views.add_skill, name="skill-add"),
    path("me/profile/offer/", views.Offer.as_view(), name="profile-offer"),
    path("me/profile/visibility/", views.Visibility.as_view(), name="profile-visibility"),
    path("me/messages/", views.Messages.as_view(), name="messages"),
    path("me/messages/<int:pk>/", views.MessagePage.as_view(), name="message"),
]
