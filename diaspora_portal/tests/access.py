"""Who gets in where: role × route × method → status. A route that is not here fails the build.

200 the page · 302 to the sign-in, or on to where one belongs · 403 seen, but not yours · 404 not for your eyes ·
405 no such method. A POST brings no data: 200 is the form with its errors, so the door was open.

The third column says whose object is asked for: the profile of somebody whom everyone finds ("public"), of the role
"owner", whom members find, and of somebody who is not listed ("hidden"). The message was written to the owner.
Staff have no profile of their own. What a role may do in the administration stands in `apps/portal/roles.py`.
"""

STAFF = {
    "project": "Project staff",
    "communications": "Communications staff",
    "secretariat": "Secretariat",
    "focal": "Data-protection focal point",
    "administrator": "Administrator",
}
ROLES = ["visitor", "newcomer", "member", "owner", *STAFF]

# fmt: off
ACCESS = [
    # route                                 method  of                visi new  memb owne proj comm secr foca admi
    # machines
    ("healthz",                              "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("healthz",                              "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("readyz",                               "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("readyz",                               "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("robots",                               "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("robots",                               "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("sitemap-index",                        "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("sitemap-index",                        "POST", "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("sitemap",                              "GET",  "sitemap pages",  200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("sitemap",                              "POST", "sitemap pages",  200, 200, 200, 200, 200, 200, 200, 200, 200),
    # everyone
    ("theme",                                "GET",  "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("theme",                                "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    # staff
    ("styleguide",                           "GET",  "",               302, 403, 403, 403, 200, 200, 200, 200, 200),
    ("styleguide",                           "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("favicon",                              "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("favicon",                              "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    # accounts: allauth's own
    ("account_index",                        "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_index",                        "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("account_login",                        "GET",  "",               200, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_login",                        "POST", "",               200, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_logout",                       "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_logout",                       "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_inactive",                     "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_inactive",                     "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("account_signup",                       "GET",  "",               200, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_signup",                       "POST", "",               200, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_reauthenticate",               "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reauthenticate",               "POST", "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_email",                        "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_email",                        "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_email_verification_sent",      "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_email_verification_sent",      "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_change_password",              "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_change_password",              "POST", "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_set_password",                 "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_set_password",                 "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_reset_password",               "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reset_password",               "POST", "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_confirm_login_code",           "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_confirm_login_code",           "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_confirm_password_reset_code",  "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_confirm_password_reset_code",  "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_complete_password_reset",      "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_complete_password_reset",      "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_password_reset_completed",     "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_password_reset_completed",     "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    # the second factor: any change wants the password again (302)
    ("mfa_index",                            "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("mfa_index",                            "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("mfa_authenticate",                     "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_authenticate",                     "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_reauthenticate",                   "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_reauthenticate",                   "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_activate_totp",                    "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_activate_totp",                    "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_deactivate_totp",                  "GET",  "",               302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_deactivate_totp",                  "POST", "",               302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_view_recovery_codes",              "GET",  "",               302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_view_recovery_codes",              "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("mfa_generate_recovery_codes",          "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_generate_recovery_codes",          "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_download_recovery_codes",          "GET",  "",               302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_download_recovery_codes",          "POST", "",               302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_list_webauthn",                    "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("mfa_list_webauthn",                    "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("mfa_add_webauthn",                     "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_add_webauthn",                     "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_reauthenticate_webauthn",          "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_reauthenticate_webauthn",          "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_remove_webauthn",                  "GET",  "passkey",        302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_remove_webauthn",                  "POST", "passkey",        302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_edit_webauthn",                    "GET",  "passkey",        302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_edit_webauthn",                    "POST", "passkey",        302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_login_webauthn",                   "GET",  "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_login_webauthn",                   "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("usersessions_list",                    "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("usersessions_list",                    "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    # the directory and its people
    ("members:directory",                    "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:directory",                    "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:directory-members",            "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:directory-members",            "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:profile",                      "GET",  "profile public", 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:profile",                      "POST", "profile public", 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:profile",                      "GET",  "profile owner",  404, 404, 200, 200, 200, 200, 200, 200, 200),
    ("members:profile",                      "POST", "profile owner",  405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:profile",                      "GET",  "profile hidden", 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("members:profile",                      "POST", "profile hidden", 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:photo",                        "GET",  "profile public", 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:photo",                        "POST", "profile public", 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:photo",                        "GET",  "profile owner",  404, 404, 200, 200, 200, 200, 200, 200, 200),
    ("members:photo",                        "POST", "profile owner",  405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:photo",                        "GET",  "profile hidden", 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("members:photo",                        "POST", "profile hidden", 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:write",                        "GET",  "profile public", 302, 403, 200, 200, 200, 200, 200, 200, 200),
    ("members:write",                        "POST", "profile public", 302, 403, 200, 200, 200, 200, 200, 200, 200),
    ("members:write",                        "GET",  "profile owner",  302, 404, 200, 403, 200, 200, 200, 200, 200),
    ("members:write",                        "POST", "profile owner",  302, 404, 200, 403, 200, 200, 200, 200, 200),
    ("members:write",                        "GET",  "profile hidden", 302, 404, 404, 404, 403, 404, 403, 404, 403),
    ("members:write",                        "POST", "profile hidden", 302, 404, 404, 404, 403, 404, 403, 404, 403),
    # one's own profile: without one, on to the first step (302)
    ("members:profile-review",               "GET",  "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-review",               "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:profile-about",                "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:profile-about",                "POST", "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:profile-languages",            "GET",  "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-languages",            "POST", "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-ties",                 "GET",  "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-ties",                 "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("members:profile-skills",               "GET",  "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-skills",               "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("members:skill-add",                    "GET",  "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:skill-add",                    "POST", "",               302, 302, 404, 404, 302, 302, 302, 302, 302),
    ("members:profile-offer",                "GET",  "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-offer",                "POST", "",               302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("members:profile-visibility",           "GET",  "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    ("members:profile-visibility",           "POST", "",               302, 302, 200, 200, 302, 302, 302, 302, 302),
    # messages: only the two people
    ("members:messages",                     "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("members:messages",                     "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("members:message",                      "GET",  "message",        302, 404, 404, 200, 404, 404, 404, 404, 404),
    ("members:message",                      "POST", "message",        302, 404, 404, 200, 404, 404, 404, 404, 404),
    # pages
    ("portal:home",                          "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("portal:home",                          "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("portal:about",                         "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("portal:about",                         "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("portal:page",                          "GET",  "page privacy",   200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("portal:page",                          "POST", "page privacy",   405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("portal:page",                          "GET",  "page nowhere",   404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("portal:page",                          "POST", "page nowhere",   405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("portal:me",                            "GET",  "",               302, 200, 200, 200, 200, 200, 200, 200, 200),
    ("portal:me",                            "POST", "",               302, 405, 405, 405, 405, 405, 405, 405, 405),
    ("portal:search",                        "GET",  "",               200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("portal:search",                        "POST", "",               405, 405, 405, 405, 405, 405, 405, 405, 405),
]

# The administration. Who is not staff is sent to sign in, everywhere: the columns are the five roles of staff.
# Where a person's record is concerned, 200 is the question why, which comes before anything else.
TERMS = ["core_country", "core_region", "core_language"]
ADMIN = [
    # models                    page              method       proj comm secr foca admi
    (TERMS,                     "changelist",     "GET POST",  403, 403, 403, 403, 200),
    (TERMS,                     "add",            "GET POST",  403, 403, 403, 403, 200),
    (TERMS,                     "change",         "GET POST",  403, 403, 403, 403, 200),
    (TERMS,                     "history",        "GET POST",  403, 403, 403, 403, 200),
    (TERMS,                     "delete",         "GET POST",  403, 403, 403, 403, 403),
    (["core_sector", "core_skill"], "changelist", "GET POST",  200, 403, 403, 403, 200),
    (["core_sector", "core_skill"], "add",        "GET POST",  403, 403, 403, 403, 200),
    (["core_sector", "core_skill"], "change",     "GET",       200, 403, 403, 403, 200),
    (["core_sector", "core_skill"], "change",     "POST",      403, 403, 403, 403, 200),
    (["core_sector", "core_skill"], "history",    "GET POST",  200, 403, 403, 403, 200),
    (["core_sector", "core_skill"], "delete",     "GET POST",  403, 403, 403, 403, 403),
    (["core_auditentry"],       "changelist",     "GET POST",  403, 403, 403, 200, 403),
    (["core_auditentry"],       "add",            "GET POST",  403, 403, 403, 403, 403),
    (["core_auditentry"],       "change",         "GET",       403, 403, 403, 200, 403),
    (["core_auditentry"],       "change",         "POST",      403, 403, 403, 403, 403),
    (["core_auditentry"],       "history",        "GET POST",  302, 302, 302, 200, 302),
    (["core_auditentry"],       "delete",         "GET POST",  403, 403, 403, 403, 403),
    (["members_user"],          "changelist",     "GET POST",  403, 403, 403, 200, 200),
    (["members_user"],          "add",            "GET POST",  403, 403, 403, 403, 403),
    (["members_user"],          "change",         "GET POST",  403, 403, 403, 200, 200),
    (["members_user"],          "history",        "GET POST",  302, 302, 302, 200, 200),
    (["members_user"],          "delete",         "GET POST",  403, 403, 403, 200, 200),
    (["members_profile"],       "changelist",     "GET POST",  200, 403, 200, 403, 200),
    (["members_profile"],       "add",            "GET POST",  403, 403, 403, 403, 403),
    (["members_profile"],       "change",         "GET POST",  200, 403, 200, 403, 200),
    (["members_profile"],       "photo",          "GET POST",  200, 403, 200, 403, 200),
    (["members_profile"],       "history",        "GET POST",  200, 403, 200, 403, 200),
    (["members_profile"],       "delete",         "GET POST",  200, 403, 200, 403, 200),
    (["members_consent"],       "changelist",     "GET POST",  403, 403, 403, 200, 403),
    (["members_consent"],       "add",            "GET POST",  403, 403, 403, 403, 403),
    (["members_consent"],       "change",         "GET POST",  403, 403, 403, 200, 403),
    (["members_consent"],       "history",        "GET POST",  302, 302, 302, 200, 302),
    (["members_consent"],       "delete",         "GET POST",  403, 403, 403, 200, 403),
    (["portal_page"],           "changelist",     "GET POST",  403, 200, 403, 403, 403),
    (["portal_page"],           "add",            "GET POST",  403, 200, 403, 403, 403),
    (["portal_page"],           "change",         "GET POST",  403, 200, 403, 403, 403),
    (["portal_page"],           "history",        "GET POST",  403, 200, 403, 403, 403),
    (["portal_page"],           "simple_history", "GET POST",  403, 200, 403, 403, 403),
    (["portal_page"],           "delete",         "GET POST",  403, 403, 403, 403, 403),
]
ADMIN_ITSELF = [
    ("admin:index",                         "GET",  "",             302, 302, 302, 302, 200, 200, 200, 200, 200),
    ("admin:index",                         "POST", "",             302, 302, 302, 302, 200, 200, 200, 200, 200),
    ("admin:login",                         "GET",  "",             302, 403, 403, 403, 302, 302, 302, 302, 302),
    ("admin:login",                         "POST", "",             302, 403, 403, 403, 302, 302, 302, 302, 302),
    ("admin:logout",                        "GET",  "",             302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:logout",                        "POST", "",             302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:password_change",               "GET",  "",             302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:password_change",               "POST", "",             302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:password_change_done",          "GET",  "",             302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:password_change_done",          "POST", "",             302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:autocomplete",                  "GET",  "",             302, 302, 302, 302, 403, 403, 403, 403, 403),
    ("admin:autocomplete",                  "POST", "",             302, 302, 302, 302, 405, 405, 405, 405, 405),
    ("admin:jsi18n",                        "GET",  "",             302, 302, 302, 302, 200, 200, 200, 200, 200),
    ("admin:jsi18n",                        "POST", "",             302, 302, 302, 302, 405, 405, 405, 405, 405),
    ("admin:view_on_site",                  "GET",  "site profile", 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:view_on_site",                  "POST", "site profile", 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("admin:app_list",                      "GET",  "app core",     302, 302, 302, 302, 200, 404, 404, 200, 200),
    ("admin:app_list",                      "POST", "app core",     302, 302, 302, 302, 200, 404, 404, 200, 200),
    ("admin:app_list",                      "GET",  "app members",  302, 302, 302, 302, 200, 404, 200, 200, 200),
    ("admin:app_list",                      "GET",  "app portal",   302, 302, 302, 302, 404, 200, 404, 404, 404),
]
# fmt: on


def _of(model, page):
    """Lists and new records are about no object."""
    return "" if page in {"changelist", "add"} else f"{page} {model.split('_')[1]}"


ADMIN_ACCESS = ADMIN_ITSELF + [
    (f"admin:{model}_{page}", method, _of(model, page), 302, 302, 302, 302, *statuses)
    for models, page, methods, *statuses in ADMIN
    for model in models
    for method in methods.split()
]
