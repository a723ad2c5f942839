import datetime as dt
import io

import pytest
from PIL import Image

from equipment.models import Cabinet, Contract, Equipment, Gauge, Key, Place, Supply


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A folder of one's own for what people bring."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def places(house):
    """总部大楼 / 1 楼 / 配电间 of operations, and a room of sales."""
    building = Place.objects.create(unit=house["ops"], name="总部大楼")
    floor = Place.objects.create(unit=house["ops"], name="1 楼", parent=building)
    room = Place.objects.create(unit=house["ops"], name="配电间", parent=floor)
    shop = Place.objects.create(unit=house["sales"], name="门店")
    return {"building": building, "floor": floor, "room": room, "shop": shop}


@pytest.fixture
def make_piece(places, manager, now):
    def make(code="DY-01", name="总部 UPS", place=None, **more) -> Equipment:
        place = place or places["room"]
        more = {"category": "power", "criticality": "key", "unit": place.unit} | more
        piece = Equipment(code=code, name=name, place=place, **more)
        piece.register(by=manager, at=now)
        return piece

    return make


@pytest.fixture
def piece(make_piece) -> Equipment:
    return make_piece()


@pytest.fixture
def foreign(make_piece, places) -> Equipment:
    """A piece of sales."""
    return make_piece("XS-01", "收银机", places["shop"])


@pytest.fixture
def gauge(piece) -> Gauge:
    return Gauge.objects.create(equipment=piece, name="温度", measure="℃", normal_low=18, normal_high=27, alarm_high=35)


@pytest.fixture
def contract(house, manager, now) -> Contract:
    row = Contract(
        unit=house["ops"], vendor="奥的斯", subject="电梯维保", phone="400 810 1234", minder=manager,
        from_on=dt.date(2026, 1, 1), until_on=dt.date(2027, 12, 31),
    )  # fmt: skip
    row.sign(by=manager, at=now)
    return row


def picture(kind="JPEG", size=(64, 48), mode="RGB", **saved) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, kind, **saved)
    return out.getvalue()


@pytest.fixture
def make_supply(places, manager, now):
    def make(code="WZ-1", name="灭火器", lots=((5, "A", None),), place=None, **more) -> Supply:
        """A supply with its lots, each (how many, number, good until)."""
        place = place or places["room"]
        more = {"category": "fire", "measure": "具", "minder": manager, "unit": place.unit} | more
        supply = Supply(code=code, name=name, place=place, **more)
        supply.register(by=manager, at=now)
        for many, number, until in lots:
            supply.receive(many, number=number, expires_on=until, by=manager, at=now)
        return supply

    return make


@pytest.fixture
def supply(make_supply) -> Supply:
    return make_supply()


@pytest.fixture
def cabinet(places, manager, now) -> Cabinet:
    row = Cabinet(unit=places["room"].unit, place=places["room"], name="钥匙柜", minder=manager)
    row.register(by=manager, at=now)
    return row


@pytest.fixture
def make_key(cabinet, manager, now):
    def make(code="YS-1", opens="配电间", takers=(), pieces=(), **more) -> Key:
        key = Key(cabinet=cabinet, code=code, opens=opens, **more)
        key.register(takers=takers, pieces=pieces, by=manager, at=now)
        return key

    return make


@pytest.fixture
def key(make_key) -> Key:
    return make_key()
