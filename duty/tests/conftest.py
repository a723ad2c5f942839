import pytest

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
