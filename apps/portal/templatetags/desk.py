"""The administration's front page asks for the desk of whoever opens it."""

from django import template

from apps.portal.desk import Desk

register = template.Library()


@register.simple_tag(takes_context=True)
def desk(context):
    return Desk(context["request"].user)
