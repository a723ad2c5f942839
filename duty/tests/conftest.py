import pytest

from duty.tests.mailbox import Mailbox
from duty.tests.promises import Promises


@pytest.fixture
def promises(house, officer, chief, head):
    """Promises about 试事: 陈立 hears first, 周敏 ten minutes later, then 高远 every half hour."""
    kinds = Promises()
    kinds.register()
    for name, person in (("test.first", officer), ("test.second", chief), ("test.third", head)):
        kinds.level(name)
        kinds.told[name] = [person]
    yield kinds
    kinds.forget()


@pytest.fixture
def mailbox(settings):
    """A mail server that works; `mailbox.close()` takes it away."""
    box = Mailbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.open(), 5
    settings.PUBLIC_URL = "https://duty.example.cn"
    yield box
    box.close()
