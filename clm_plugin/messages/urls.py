"""The public pages of mail; the token in each path is all that it holds."""

from django.urls import path

from clm_plugin.messages import answering, views

urlpatterns = [
    path("l/<str:token>/<int:link>", views.click, name="click"),
    path("r/<str:token>", views.restore, name="restore"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("p/<str:token>", views.preferences, name="preferences"),
    path("a/<str:token>", answering.answer_in_mail, name="answer"),
    path("m/<str:token>", views.mail, name="mail"),
]
