"""What the pages hold of people."""

from apps.core.personal_data import no_person

no_person("texts of the portal", "portal.Page")
