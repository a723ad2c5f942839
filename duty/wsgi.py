import os

from django.core.wsgi import get_wsgi_application

from duty.checks import refuse_to_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duty.settings")

application = get_wsgi_application()
refuse_to_start()
