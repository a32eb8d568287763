"""What a host includes under ``/clm/``."""

from django.urls import path

app_name = "clm"
urlpatterns: list = []
