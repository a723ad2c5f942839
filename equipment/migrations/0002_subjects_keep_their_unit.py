from django.db import migrations

SUBJECTS = {
    "equipment_equipment": "a_piece_has_its_matters_unit",
    "equipment_contract": "a_contract_has_its_matters_unit",
}


def _unit_of(table: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (matter_id, unit_id) "
        "REFERENCES duty_matter (id, unit_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("equipment", "0001_the_register")]
    operations = [_unit_of(table, name) for table, name in SUBJECTS.items()]
