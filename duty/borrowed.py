"""Texts of the packages we stand on that we word ourselves: being in our catalogue, they stand before their own."""

from django.utils.translation import gettext_noop, ngettext_lazy

# Django's forms
gettext_noop("This field is required.")
gettext_noop("Null characters are not allowed.")
gettext_noop("Select a valid choice. That choice is not one of the available choices.")
gettext_noop("Select a valid choice. %(value)s is not one of the available choices.")
gettext_noop("Enter a valid email address.")
gettext_noop("Enter a whole number.")
gettext_noop("Ensure this value is less than or equal to %(limit_value)s.")
gettext_noop("Ensure this value is greater than or equal to %(limit_value)s.")
ngettext_lazy(
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    "limit_value",
)

# django-import-export, which says these in Chinese badly or not at all
gettext_noop("No valid data to import. Ensure your file has the correct headers or data for import.")
gettext_noop("Some rows failed to validate")
gettext_noop("Please correct these errors in your data where possible, then reupload it using the form above.")
gettext_noop("Skipped")
gettext_noop("Import finished: {} new, {} updated, {} deleted and {} skipped {}.")
